using Media;

namespace Rooms.Tracks;

/// <summary>What the takers of a <see cref="RelayedTrack"/> may know of its source: as it was a moment ago. Immutable.</summary>
internal sealed record RelayedProperties(
    TrackFormat? Format, BrowserCompatibility Compatibility, bool IsPublished, bool IsPassedOn, bool IsCostly, bool AnswersKeyframeRequests,
    long RepairTime, double FrameRate)
{
    public static RelayedProperties Of(PacketTrack source) => new(
        source.Format, source.Compatibility, source.IsPublished, source.IsPassedOn, source.IsCostly, source.AnswersKeyframeRequests,
        source.RepairTime, source.SourceFrameRate);
}

/// <summary>A packet on its way to another loop, with a reference on its buffer.</summary>
/// <param name="News">What is to be known before the packet; null = nothing new.</param>
internal readonly record struct RelayedPacket(Media.Rtp.RtpPacket Packet, RelayedProperties? News);
