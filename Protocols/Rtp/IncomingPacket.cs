using Media.Rtp;
using Media.Rtp.Payloads;
using Protocols.Sdp;

namespace Protocols.Rtp;

/// <summary>
/// A packet of an encoding with all that its header and the first bytes of its payload tell. Borrowed: to keep it, add a
/// reference to <see cref="Packet"/>.
/// </summary>
public readonly struct IncomingPacket
{
    /// <summary>
    /// A slice of the buffer that it was deciphered into. Numbers have no holes but those of losses. A payload of length 0
    /// fills a hole whose packet carried nothing.
    /// </summary>
    public required RtpPacket Packet { get; init; }

    public required ReceivedCodec Codec { get; init; }

    /// <summary>Default where the payload is not of the codec's form.</summary>
    public PayloadInfo Payload { get; init; }

    /// <summary>RFC 6464; null = not sent.</summary>
    public AudioLevel? AudioLevel { get; init; }

    /// <summary>Behind others in number: reordered on the way, or sent again.</summary>
    public bool IsLate { get; init; }
}

/// <param name="Decibels">Below the loudest possible: 0 to 127, which is silence.</param>
/// <param name="IsVoice">The sender believes that somebody speaks.</param>
public readonly record struct AudioLevel(byte Decibels, bool IsVoice);
