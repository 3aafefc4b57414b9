namespace Media.Rtp.Payloads;

/// <summary>RTP payloads of Opus: one packet of the codec is one payload (RFC 7587 §4.2), without a marker.</summary>
public sealed class OpusPacketizer : IPacketizer
{
    private readonly int _maxPayload;

    public OpusPacketizer(int maxPayload = PayloadSize.Default)
    {
        PayloadSize.ThrowIfUnusable(maxPayload);
        _maxPayload = maxPayload;
    }

    /// <summary>Frames left out because they fit no packet; Opus can't be cut. It takes more than 450 kbit/s to get here.</summary>
    public long OversizedFrames { get; private set; }

    public void Packetize<TOutput>(in MediaFrame frame, ref TOutput output)
        where TOutput : IPacketOutput, allows ref struct
    {
        if (frame.Length == 0) return;
        if (frame.Length > _maxPayload)
        {
            OversizedFrames++;
            return;
        }

        output.Write(new RtpPacket
        {
            Buffer = frame.Buffer,
            Offset = frame.Offset,
            Length = frame.Length,
            StartsKeyframe = true,
            SequenceNumber = 0,
            Timestamp = frame.PresentationTime,
        });
    }
}
