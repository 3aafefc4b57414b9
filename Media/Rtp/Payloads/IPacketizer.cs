namespace Media.Rtp.Payloads;

/// <summary>Cuts the frames of one codec into RTP payloads (one implementation per payload format).</summary>
public interface IPacketizer
{
    /// <summary>
    /// Hands each packet of the frame to <paramref name="output"/>, in order, as a borrowed slice. The packet's
    /// sequence number is left 0: the track numbers it.
    /// </summary>
    void Packetize<TOutput>(in MediaFrame frame, ref TOutput output) where TOutput : IPacketOutput, allows ref struct;
}

/// <summary>Takes the packets of a frame; a struct, so that the call is direct.</summary>
public interface IPacketOutput
{
    void Write(in RtpPacket packet);
}
