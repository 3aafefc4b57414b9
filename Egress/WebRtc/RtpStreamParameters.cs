using Protocols.Sdp;

namespace Egress.WebRtc;

/// <summary>How one medium of a viewer goes onto the wire, as it was negotiated.</summary>
/// <param name="RtxPayloadType">0 = the viewer takes no RTX (RFC 4588).</param>
internal sealed record RtpStreamParameters(
    uint Ssrc, byte PayloadType, int ClockRate, uint RtxSsrc = 0, byte RtxPayloadType = 0)
{
    public RtpHeaderExtensions Extensions { get; init; } = new();

    public bool HasRtx => RtxPayloadType != 0;

    /// <summary>One format of a section of any number of them.</summary>
    public static RtpStreamParameters Of(SentSection section, SentFormat format, PlayoutDelay? playoutDelay) => new(
        section.Ssrc, (byte)format.PayloadType, format.ClockRate, section.RtxSsrc, (byte)(format.RtxPayloadType ?? 0))
    {
        Extensions = RtpHeaderExtensions.Of(section.Mid, section.Extensions, playoutDelay),
    };

    public static RtpStreamParameters Of(NegotiatedTrack track, PlayoutDelay? playoutDelay) => new(
        track.Ssrc, (byte)track.PayloadType, track.ClockRate, track.RtxSsrc, (byte)(track.RtxPayloadType ?? 0))
    {
        Extensions = RtpHeaderExtensions.Of(track.Mid, track.Extensions, playoutDelay),
    };
}

/// <summary>Ids of the header extensions that are sent with each packet; 0 = not negotiated.</summary>
internal sealed record RtpHeaderExtensions
{
    public byte MidId { get; init; }

    /// <summary>The media section's identification, ASCII, at most 16 bytes.</summary>
    public string Mid { get; init; } = "";

    public byte TransportSequenceId { get; init; }

    /// <summary>For receivers that estimate the bandwidth themselves (goog-remb).</summary>
    public byte AbsoluteSendTimeId { get; init; }

    public byte PlayoutDelayId { get; init; }

    /// <summary>Null = not sent, which is the default: receivers choose better than we do.</summary>
    public PlayoutDelay? PlayoutDelay { get; init; }

    public static RtpHeaderExtensions Of(string mid, HeaderExtensionIds ids, PlayoutDelay? playoutDelay) => new()
    {
        MidId = ids.Mid,
        Mid = mid,
        TransportSequenceId = ids.TransportCc,
        AbsoluteSendTimeId = ids.AbsSendTime,
        PlayoutDelayId = ids.PlayoutDelay,
        PlayoutDelay = playoutDelay,
    };
}

/// <summary>
/// The limits between which a receiver keeps its delay. (0, 0) is not allowed: it switches the jitter buffer off, and
/// stays in force when it is no longer sent.
/// </summary>
internal readonly record struct PlayoutDelay
{
    private const int UnitMilliseconds = 10;
    private const int MaxUnits = 0xFFF;

    public PlayoutDelay(int minMilliseconds, int maxMilliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minMilliseconds);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxMilliseconds, Math.Max(minMilliseconds, UnitMilliseconds));
        MinUnits = Math.Min(minMilliseconds / UnitMilliseconds, MaxUnits);
        MaxUnitsOfDelay = Math.Min(maxMilliseconds / UnitMilliseconds, MaxUnits);
    }

    public int MinUnits { get; }

    public int MaxUnitsOfDelay { get; }
}
