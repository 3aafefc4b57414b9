namespace Media.Rtp.Payloads;

/// <summary>
/// Puts the frames of one codec together again from RTP payloads (one implementation per payload format). Packets come in
/// order, duplicates removed; a hole in the sequence costs the frame that it is in. One thread.
/// </summary>
public interface IDepacketizer : IDisposable
{
    /// <summary>Frames that were begun and could not be completed, and malformed ones: later frames may need a keyframe.</summary>
    long DroppedFrames { get; }

    /// <summary>Takes the track's next packet. True: it completed a frame, which the caller has to release.</summary>
    bool TryDepacketize(in RtpPacket packet, out MediaFrame frame);
}
