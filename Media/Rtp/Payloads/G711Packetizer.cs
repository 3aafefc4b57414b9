namespace Media.Rtp.Payloads;

/// <summary>
/// RTP payloads of PCMU and PCMA (RFC 3551 §4.5.14): each byte is a sample. Frames that are longer than the 20 ms that receivers
/// expect (§4.2), as files have them, are cut into equal parts.
/// </summary>
public sealed class G711Packetizer : IPacketizer
{
    private const int UsualSamples = 160;

    private readonly int _maxSamples;

    public G711Packetizer(int maxPayload = PayloadSize.Default)
    {
        PayloadSize.ThrowIfUnusable(maxPayload);
        _maxSamples = Math.Min(maxPayload, UsualSamples);
    }

    public void Packetize<TOutput>(in MediaFrame frame, ref TOutput output)
        where TOutput : IPacketOutput, allows ref struct
    {
        int size = PayloadSize.Share(frame.Length, _maxSamples);
        for (int at = 0; at < frame.Length; at += size)
        {
            output.Write(new RtpPacket
            {
                Buffer = frame.Buffer,
                Offset = frame.Offset + at,
                Length = Math.Min(size, frame.Length - at),
                StartsKeyframe = true,
                SequenceNumber = 0,
                Timestamp = frame.PresentationTime + at,
            });
        }
    }
}
