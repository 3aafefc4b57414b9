namespace Media.Rtp.Payloads;

/// <summary>
/// RTP payloads of VP8 (RFC 7741): a descriptor with a 15-bit picture id before each part of the frame. One thread.
/// </summary>
/// <remarks>
/// <code>
///      0 1 2 3 4 5 6 7
///     +-+-+-+-+-+-+-+-+
///     |X|R|N|S|R| PID |
///     +-+-+-+-+-+-+-+-+
/// X:  |I|L|T|K| RSV   |
///     +-+-+-+-+-+-+-+-+
/// I:  |M| PictureID   |
///     +-+-+-+-+-+-+-+-+
///     |   PictureID   |
///     +-+-+-+-+-+-+-+-+
/// </code>
/// </remarks>
public sealed class Vp8Packetizer : IPacketizer
{
    internal const uint ExtendedFlag = 0x80;
    internal const uint NonReferenceFlag = 0x20;
    internal const uint StartFlag = 0x10;
    internal const uint PictureIdFlag = 0x80;
    internal const uint LongPictureIdFlag = 0x80;
    private const int DescriptorLength = 4;

    private readonly int _maxPayload;
    private int _pictureId;

    /// <param name="firstPictureId">Any number; picture ids go on from it, modulo 2^15.</param>
    public Vp8Packetizer(int maxPayload = PayloadSize.Default, int firstPictureId = 0)
    {
        PayloadSize.ThrowIfUnusable(maxPayload);
        _maxPayload = maxPayload;
        _pictureId = firstPictureId & 0x7fff;
    }

    public void Packetize<TOutput>(in MediaFrame frame, ref TOutput output)
        where TOutput : IPacketOutput, allows ref struct
    {
        if (frame.Length == 0) return;
        uint first = ExtendedFlag | (frame.IsDiscardable ? NonReferenceFlag : 0);
        uint rest = (PictureIdFlag << 8) | ((LongPictureIdFlag | ((uint)_pictureId >> 8)) << 16) | ((uint)_pictureId << 24);
        _pictureId = (_pictureId + 1) & 0x7fff;
        int size = PayloadSize.Share(frame.Length, _maxPayload - DescriptorLength);
        for (int at = 0; at < frame.Length; at += size)
        {
            output.Write(new RtpPacket
            {
                Buffer = frame.Buffer,
                Offset = frame.Offset + at,
                Length = Math.Min(size, frame.Length - at),
                Prefix = first | (at == 0 ? StartFlag : 0) | rest,
                PrefixLength = DescriptorLength,
                Marker = frame.Length - at <= size,
                StartsKeyframe = frame.IsKeyframe && at == 0,
                SequenceNumber = 0,
                Timestamp = frame.PresentationTime,
            });
        }
    }
}
