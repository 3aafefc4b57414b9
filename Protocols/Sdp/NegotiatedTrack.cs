using Media;

namespace Protocols.Sdp;

/// <summary>One section that both sides agreed on, in one format.</summary>
public sealed record NegotiatedTrack
{
    internal static NegotiatedTrack Of(SentSection section)
    {
        SentFormat format = section.Formats[0];
        return new NegotiatedTrack
        {
            Mid = section.Mid,
            Codec = format.Codec,
            PayloadType = format.PayloadType,
            ClockRate = format.ClockRate,
            RtxPayloadType = format.RtxPayloadType,
            Ssrc = section.Ssrc,
            RtxSsrc = section.RtxSsrc,
            Extensions = section.Extensions,
            Parameters = format.Parameters,
            Nack = format.Feedback.Contains("nack"),
            Pli = format.Feedback.Contains("nack pli"),
            Fir = format.Feedback.Contains("ccm fir"),
            Remb = format.Feedback.Contains("goog-remb"),
            TransportCc = format.Feedback.Contains("transport-cc"),
            ReducedSizeRtcp = section.ReducedSizeRtcp,
        };
    }

    public required string Mid { get; init; }

    public required Codec Codec { get; init; }

    public required int PayloadType { get; init; }

    public required int ClockRate { get; init; }

    /// <summary>The payload type of retransmissions (RFC 4588); null = resend as the original.</summary>
    public int? RtxPayloadType { get; init; }

    public required uint Ssrc { get; init; }

    /// <summary>0 without <see cref="RtxPayloadType"/>.</summary>
    public uint RtxSsrc { get; init; }

    public required HeaderExtensionIds Extensions { get; init; }

    /// <summary>The fmtp line of the answer.</summary>
    public string Parameters { get; init; } = "";

    public bool Nack { get; init; }

    public bool Pli { get; init; }

    public bool Fir { get; init; }

    public bool Remb { get; init; }

    public bool TransportCc { get; init; }

    public bool ReducedSizeRtcp { get; init; }

    public MediaKind Kind => Codec.Kind();
}
