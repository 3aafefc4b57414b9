using System.Buffers.Binary;
using Media.Buffers;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>
/// H.264 frames from RTP payloads, packetization modes 0 and 1 (RFC 6184): single units, STAP-A, FU-A. Frames come out in
/// canonical form, the parameter sets in their format.
/// </summary>
public sealed class H264Depacketizer(BufferPool? pool = null) : VideoDepacketizer(pool)
{
    private readonly H264Stream _stream = new();
    private int _fragmentStart = -1;

    /// <summary>Takes parameter sets up that came by SDP (sprop-parameter-sets).</summary>
    public bool TryConfigure(ReadOnlySpan<byte> avcC) => _stream.TryConfigure(avcC);

    private protected override void Reset() => _fragmentStart = -1;

    private protected override FrameEnd Finish(long timestamp, out MediaFrame frame)
    {
        frame = default;
        if (_fragmentStart >= 0
            || !_stream.TryNormalize(Content.Content, out int length, out bool isKeyframe, out bool isDiscardable)) return FrameEnd.Broken;
        if (length == 0) return FrameEnd.Empty;
        if (_stream.Format is null) return FrameEnd.Broken;
        frame = new MediaFrame(_stream.Format, Content.Take(), 0, length, timestamp, timestamp, isKeyframe, isDiscardable);
        return FrameEnd.Complete;
    }

    private protected override bool TryAppend(ReadOnlySpan<byte> payload)
    {
        int type = NalUnit.Type(payload[0]);
        if (type == H264Packetizer.FuA) return AppendFragment(payload);
        if (_fragmentStart >= 0) return false;
        if (type == H264Packetizer.StapA) return AppendAggregate(payload[1..]);
        if (type is 0 or > 23) return false;
        AppendUnit(payload);
        return true;
    }

    // These can only be the first ones of a picture.
    private protected override bool BeginsFrame(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > 4 && NalUnit.Type(payload[0]) == H264Packetizer.StapA) payload = payload[3..];
        if (payload.Length < 3) return false;
        int type = NalUnit.Type(payload[0]);
        if (type is >= NalUnit.Sei and <= NalUnit.AccessUnitDelimiter) return true;
        if (type == H264Packetizer.FuA)
            return (payload[1] & H264Packetizer.FuStart) != 0 && (payload[2] & 0x80) != 0;
        return NalUnit.IsSlice(type) && (payload[1] & 0x80) != 0; // first_mb_in_slice 0 is one bit, a 1
    }

    private bool AppendAggregate(ReadOnlySpan<byte> rest)
    {
        while (rest.Length >= 2)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest);
            if (length > rest.Length - 2) return false;
            if (length > 0) AppendUnit(rest.Slice(2, length));
            rest = rest[(2 + length)..];
        }

        return rest.IsEmpty;
    }

    private bool AppendFragment(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 2) return false;
        bool isStart = (payload[1] & H264Packetizer.FuStart) != 0;
        bool isEnd = (payload[1] & H264Packetizer.FuEnd) != 0;
        if (isStart == (_fragmentStart >= 0)) return false;
        if (isStart)
        {
            _fragmentStart = Content.Length;
            Content.AppendUInt32(0);
            Content.Append((byte)((payload[0] & 0xe0) | NalUnit.Type(payload[1])));
        }

        Content.Append(payload[2..]);
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
