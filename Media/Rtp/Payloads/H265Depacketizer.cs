using System.Buffers.Binary;
using Media.Buffers;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>
/// H.265 frames from RTP payloads (RFC 7798): single units, AP, FU. Frames come out in canonical form, the parameter sets
/// in their format.
/// </summary>
public sealed class H265Depacketizer(BufferPool? pool = null) : VideoDepacketizer(pool)
{
    private readonly H265Stream _stream = new();
    private int _fragmentStart = -1;

    private protected override void Reset() => _fragmentStart = -1;

    private protected override FrameEnd Finish(long timestamp, out MediaFrame frame)
    {
        frame = default;
        if (_fragmentStart >= 0
            || !_stream.TryNormalize(Content.Content, Content.Content, out int length, out bool isKeyframe)) return FrameEnd.Broken;
        if (length == 0) return FrameEnd.Empty;
        if (_stream.Format is null) return FrameEnd.Broken;
        bool isDiscardable = IsDiscardable(Content.Content[..length]);
        frame = new MediaFrame(_stream.Format, Content.Take(), 0, length, timestamp, timestamp, isKeyframe, isDiscardable);
        return FrameEnd.Complete;
    }

    private static bool IsDiscardable(ReadOnlySpan<byte> frame)
    {
        bool hasSlice = false;
        var units = new LengthPrefixedNalUnits(frame);
        while (units.MoveNext())
        {
            int type = H265NalUnit.Type(units.Current[0]);
            if (!H265NalUnit.IsSlice(type)) continue;
            if (!H265NalUnit.IsNonReference(type)) return false;
            hasSlice = true;
        }

        return hasSlice;
    }

    private protected override bool TryAppend(ReadOnlySpan<byte> payload)
    {
        if (payload.Length <= H265NalUnit.HeaderLength) return false;
        int type = H265NalUnit.Type(payload[0]);
        if (type == H265Payload.Fragmentation) return AppendFragment(payload);
        if (_fragmentStart >= 0) return false;
        if (type == H265Payload.Aggregation) return AppendAggregate(payload[H265NalUnit.HeaderLength..]);
        if (!H265Payload.IsSingleUnit(type)) return false;
        AppendUnit(payload);
        return true;
    }

    // These can only be the first ones of a picture.
    private protected override bool BeginsFrame(ReadOnlySpan<byte> payload)
    {
        if (payload.Length <= H265NalUnit.HeaderLength) return false;
        int type = H265NalUnit.Type(payload[0]);
        if (type == H265Payload.Aggregation)
        {
            ReadOnlySpan<byte> rest = payload[H265NalUnit.HeaderLength..];
            return H265Payload.TryTakeUnit(ref rest, out ReadOnlySpan<byte> unit) && BeginsFrame(unit);
        }

        if (type == H265Payload.Fragmentation)
        {
            return payload.Length > H265Payload.FragmentHeaderLength && (payload[2] & H265Payload.FragmentStart) != 0
                && H265NalUnit.IsSlice(payload[2] & 0x3f) && (payload[3] & 0x80) != 0;
        }

        // first_slice_segment_in_pic_flag is the first bit of a slice header
        return H265NalUnit.IsSlice(type) ? (payload[2] & 0x80) != 0
            : type is >= H265NalUnit.VideoParameterSet and <= H265NalUnit.AccessUnitDelimiter or H265NalUnit.PrefixSei;
    }

    private bool AppendAggregate(ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            if (!H265Payload.TryTakeUnit(ref rest, out ReadOnlySpan<byte> unit)) return false;
            AppendUnit(unit);
        }

        return true;
    }

    private bool AppendFragment(ReadOnlySpan<byte> payload)
    {
        bool isStart = (payload[2] & H265Payload.FragmentStart) != 0;
        bool isEnd = (payload[2] & H265Payload.FragmentEnd) != 0;
        if (isStart == (_fragmentStart >= 0)) return false;
        if (isStart)
        {
            _fragmentStart = Content.Length;
            Content.AppendUInt32(0);
            Content.Append((byte)((payload[0] & 0x81) | ((payload[2] & 0x3f) << 1)));
            Content.Append(payload[1]);
        }

        Content.Append(payload[H265Payload.FragmentHeaderLength..]);
        if (!isEnd || Content.IsOverfull) return !Content.IsOverfull;
        int length = Content.Length - _fragmentStart - NalUnit.LengthSize;
        BinaryPrimitives.WriteInt32BigEndian(Content.Content[_fragmentStart..], length);
        _fragmentStart = -1;
        return true;
    }

    private void AppendUnit(ReadOnlySpan<byte> unit)
    {
        Content.AppendUInt32((uint)unit.Length);
        Content.Append(unit);
    }
}
