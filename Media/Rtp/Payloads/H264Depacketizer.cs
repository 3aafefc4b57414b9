using System.Buffers.Binary;
using Media.Buffers;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>
/// H.264 frames from RTP payloads, packetization modes 0 and 1 (RFC 6184): single units, STAP-A, FU-A. Frames come out in
/// canonical form, the parameter sets in their format; a frame ends with the marker.
/// </summary>
public sealed class H264Depacketizer(BufferPool? pool = null) : IDepacketizer
{
    private readonly FrameAssembler _frame = new(pool ?? BufferPool.Shared);
    private readonly H264Stream _stream = new();
    private PacketContinuity _continuity;
    private int _fragmentStart = -1;
    private bool _isFaulty;

    public long DroppedFrames { get; private set; }

    /// <summary>Takes parameter sets up that came by SDP (sprop-parameter-sets).</summary>
    public bool TryConfigure(ReadOnlySpan<byte> avcC) => _stream.TryConfigure(avcC);

    public bool TryDepacketize(in RtpPacket packet, out MediaFrame frame)
    {
        frame = default;
        ReadOnlySpan<byte> payload = _frame.Join(packet);
        _continuity.Follow(packet);
        if (_continuity.IsNewFrame) BeginFrame();
        if (_continuity.HasGap && !(_continuity.IsNewFrame && BeginsPicture(payload))) _isFaulty = true;
        if (!_isFaulty && !Append(payload)) _isFaulty = true;
        return packet.Marker && TryFinish(packet.Timestamp, out frame);
    }

    public void Dispose() => _frame.Dispose();

    private void BeginFrame()
    {
        if (_frame.Length > 0 || _isFaulty) DroppedFrames++;
        Reset();
    }

    private void Reset()
    {
        _frame.Clear();
        _fragmentStart = -1;
        _isFaulty = false;
    }

    private bool TryFinish(long timestamp, out MediaFrame frame)
    {
        frame = default;
        bool isKeyframe = false, isDiscardable = false;
        int length = 0;
        bool ok = !_isFaulty && _fragmentStart < 0 && !_frame.IsOverfull
            && _stream.TryNormalize(_frame.Content, out length, out isKeyframe, out isDiscardable)
            && (_stream.Format is not null || length == 0);
        if (!ok) DroppedFrames++;
        ok &= length > 0;
        if (ok)
        {
            frame = new MediaFrame(
                _stream.Format!, _frame.Take(), 0, length, timestamp, timestamp, isKeyframe, isDiscardable);
        }

        Reset();
        return ok;
    }

    private bool Append(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty) return true; // probes and keep-alives
        int type = NalUnit.Type(payload[0]);
        if (type == H264Packetizer.FuA) return AppendFragment(payload);
        if (_fragmentStart >= 0) return false;
        if (type == H264Packetizer.StapA) return AppendAggregate(payload[1..]);
        if (type is 0 or > 23) return false;
        AppendUnit(payload);
        return true;
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
            _fragmentStart = _frame.Length;
            _frame.AppendUInt32(0);
            _frame.Append((byte)((payload[0] & 0xe0) | NalUnit.Type(payload[1])));
        }

        _frame.Append(payload[2..]);
        if (!isEnd || _frame.IsOverfull) return !_frame.IsOverfull;
        int length = _frame.Length - _fragmentStart - NalUnit.LengthSize;
        BinaryPrimitives.WriteInt32BigEndian(_frame.Content[_fragmentStart..], length);
        _fragmentStart = -1;
        return true;
    }

    private void AppendUnit(ReadOnlySpan<byte> unit)
    {
        _frame.AppendUInt32((uint)unit.Length);
        _frame.Append(unit);
    }

    // After a hole nobody says whether the frame's first packets were in it. These can only be first ones.
    private static bool BeginsPicture(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > 4 && NalUnit.Type(payload[0]) == H264Packetizer.StapA) payload = payload[3..];
        if (payload.Length < 3) return false;
        int type = NalUnit.Type(payload[0]);
        if (type is >= NalUnit.Sei and <= NalUnit.AccessUnitDelimiter) return true;
        if (type == H264Packetizer.FuA)
            return (payload[1] & H264Packetizer.FuStart) != 0 && (payload[2] & 0x80) != 0;
        return NalUnit.IsSlice(type) && (payload[1] & 0x80) != 0; // first_mb_in_slice 0 is one bit, a 1
    }
}
