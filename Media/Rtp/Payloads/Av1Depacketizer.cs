using System.Buffers.Binary;
using Media.Buffers;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>
/// AV1 temporal units from RTP payloads (RTP Payload Format For AV1). They come out as OBUs that each have their size, without
/// temporal delimiters and padding, as files have them.
/// </summary>
public sealed class Av1Depacketizer(BufferPool? pool = null) : VideoDepacketizer(pool)
{
    private const int LengthSize = 4;

    private readonly FrameAssembler _output = new(pool ?? BufferPool.Shared);
    private readonly PictureFormat _format = new(Codec.Av1);
    private int _openElement = -1;

    private protected override void Reset() => _openElement = -1;

    // A sequence header, or a frame of the lowest layer
    private protected override bool BeginsFrame(ReadOnlySpan<byte> payload)
    {
        var elements = new Av1Elements(payload);
        return !payload.IsEmpty && !new Av1AggregationHeader(payload[0]).ContinuesElement
            && elements.MoveNext() && Av1Obu.TryParse(elements.Current, out Av1Obu obu)
            && obu is { SpatialId: 0, Type: Av1Obu.SequenceHeader or Av1Obu.TemporalDelimiter or Av1Obu.Frame or Av1Obu.FrameHeader };
    }

    // Collects the elements behind 4-byte lengths.
    private protected override bool TryAppend(ReadOnlySpan<byte> payload)
    {
        var header = new Av1AggregationHeader(payload[0]);
        if (header.ContinuesElement != (_openElement >= 0)) return false;
        var elements = new Av1Elements(payload);
        while (elements.MoveNext())
        {
            if (_openElement < 0)
            {
                _openElement = Content.Length;
                Content.AppendUInt32(0);
            }

            Content.Append(elements.Current);
            if (Content.IsOverfull) return false;
            if (elements.IsLast && header.IsContinued) continue;
            BinaryPrimitives.WriteInt32BigEndian(Content.Content[_openElement..], Content.Length - _openElement - LengthSize);
            _openElement = -1;
        }

        return !elements.IsMalformed;
    }

    private protected override FrameEnd Finish(long timestamp, out MediaFrame frame)
    {
        frame = default;
        if (_openElement >= 0) return FrameEnd.Broken;
        _output.Clear();
        bool isKeyframe = false;
        ReadOnlySpan<byte> rest = Content.Content;
        while (rest.Length >= LengthSize)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(rest);
            if (!TryWrite(rest.Slice(LengthSize, length), ref isKeyframe)) return FrameEnd.Broken;
            rest = rest[(LengthSize + length)..];
        }

        if (_output.IsOverfull) return FrameEnd.Broken;
        if (_output.Length == 0) return FrameEnd.Empty;
        if (_format.Current is not { } format) return FrameEnd.Broken;
        int total = _output.Length;
        frame = new MediaFrame(format, _output.Take(), 0, total, timestamp, timestamp, isKeyframe);
        return FrameEnd.Complete;
    }

    private protected override void DisposeCore() => _output.Dispose();

    private bool TryWrite(ReadOnlySpan<byte> element, ref bool isKeyframe)
    {
        if (element.IsEmpty) return true;
        if (!Av1Obu.TryParse(element, out Av1Obu obu)) return false;
        ReadOnlySpan<byte> payload = element[obu.HeaderLength..];
        if (obu.HasSize)
        {
            // Senders should leave it out, and some don't.
            if (!Leb128.TryRead(payload, out int size, out int sizeLength) || size > payload.Length - sizeLength) return false;
            payload = payload.Slice(sizeLength, size);
        }

        if (obu.Type is Av1Obu.TemporalDelimiter or Av1Obu.TileList or Av1Obu.Padding) return true;
        if (obu.Type == Av1Obu.SequenceHeader)
        {
            if (!Av1SequenceHeader.TryParse(element, out Av1SequenceHeader sequence)) return false;
            Span<byte> configuration = stackalloc byte[Av1Configuration.MaxLength];
            int written = Av1Configuration.Write(sequence, element[0], payload, configuration);
            _format.Update(sequence.ToVideoProperties(), configuration[..written]);
            isKeyframe = true;
        }

        _output.Append((byte)(element[0] | Av1Obu.SizeFlag));
        if (obu.HasExtension) _output.Append(element[1]);
        Span<byte> length = stackalloc byte[8];
        _output.Append(length[..Leb128.Write(length, payload.Length)]);
        _output.Append(payload);
        return true;
    }
}
