namespace Media.Rtp.Payloads;

/// <summary>
/// RTP payloads of VP9 (RFC 9628), non-flexible mode without layers: a descriptor with a 15-bit picture id before each part of the
/// picture, and its size (the scalability structure) in a keyframe's first one. Superframes, whose inner layers no receiver
/// could choose from, are sent as the one picture that they show. One thread.
/// </summary>
/// <remarks>
/// <code>
///      0 1 2 3 4 5 6 7
///     +-+-+-+-+-+-+-+-+
///     |I|P|L|F|B|E|V|Z|
///     +-+-+-+-+-+-+-+-+
/// I:  |M| PICTURE ID  |
///     | EXTENDED PID  |
/// V:  | N_S |Y|G|-----|   here: one layer, with its size
///     |  WIDTH 16, HEIGHT 16
/// </code>
/// </remarks>
public sealed class Vp9Packetizer : IPacketizer
{
    private const uint PictureIdFlag = 0x80, InterPictureFlag = 0x40, BeginFlag = 0x08, EndFlag = 0x04, StructureFlag = 0x02;
    private const uint LongPictureIdFlag = 0x80;
    private const uint SizeFlag = 0x10;
    private const int DescriptorLength = 3;
    private const int StructureLength = 5;

    private readonly int _maxPayload;
    private int _pictureId;

    /// <param name="firstPictureId">Any number; picture ids go on from it, modulo 2^15.</param>
    public Vp9Packetizer(int maxPayload = PayloadSize.Default, int firstPictureId = 0)
    {
        PayloadSize.ThrowIfUnusable(maxPayload);
        _maxPayload = maxPayload;
        _pictureId = firstPictureId & 0x7fff;
    }

    public void Packetize<TOutput>(in MediaFrame frame, ref TOutput output)
        where TOutput : IPacketOutput, allows ref struct
    {
        if (frame.Length == 0) return;
        uint flags = PictureIdFlag | (frame.IsKeyframe ? 0 : InterPictureFlag);
        uint pictureId = ((LongPictureIdFlag | ((uint)_pictureId >> 8)) << 8) | (((uint)_pictureId & 0xff) << 16);
        _pictureId = (_pictureId + 1) & 0x7fff;
        bool hasStructure = frame.IsKeyframe && frame.Format.Video is { Width: > 0 and <= ushort.MaxValue, Height: > 0 and <= ushort.MaxValue };
        // Equal packets, of which a keyframe's first one carries the structure within its share.
        int extra = hasStructure ? StructureLength : 0;
        int size = PayloadSize.Share(frame.Length + extra, _maxPayload - DescriptorLength);
        for (int at = 0, length; at < frame.Length; at += length)
        {
            bool isFirst = at == 0;
            length = Math.Min(isFirst ? size - extra : size, frame.Length - at);
            bool isLast = at + length == frame.Length;
            ulong prefix = flags | (isFirst ? BeginFlag : 0) | (isLast ? EndFlag : 0) | pictureId;
            if (isFirst && hasStructure) prefix |= StructureFlag | Structure(frame.Format.Video!);
            output.Write(new RtpPacket
            {
                Buffer = frame.Buffer,
                Offset = frame.Offset + at,
                Length = length,
                Prefix = prefix,
                PrefixLength = DescriptorLength + (isFirst ? extra : 0),
                Marker = isLast,
                StartsKeyframe = frame.IsKeyframe && isFirst,
                SequenceNumber = 0,
                Timestamp = frame.PresentationTime,
            });
        }
    }

    // Behind the three bytes of the descriptor, the first byte lowest
    private static ulong Structure(VideoProperties video)
    {
        uint width = (uint)video.Width, height = (uint)video.Height;
        return ((ulong)SizeFlag << 24) | ((ulong)(width >> 8) << 32) | ((ulong)(width & 0xff) << 40)
            | ((ulong)(height >> 8) << 48) | ((ulong)(height & 0xff) << 56);
    }
}
