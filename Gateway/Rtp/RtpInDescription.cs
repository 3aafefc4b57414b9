using System.Collections.Immutable;
using Ingest.Rtp;
using Media;

namespace Gateway.Rtp;

/// <summary>A sender of plain RTP as the API shows it.</summary>
/// <param name="Publication">The publication's name.</param>
/// <param name="State">waiting (for its first packet), live or away (its viewers wait for its return).</param>
internal sealed record RtpInDescription(string Room, string Publication, RtpPublisherState State, ImmutableArray<RtpSectionDescription> Sections)
{
    public static RtpInDescription Of(RtpInSession session) => new(
        session.Room, session.Publication, session.Publisher.State, [.. session.Publisher.Statistics.Select(RtpSectionDescription.Of)]);
}

/// <summary>What came to the ports of one medium.</summary>
/// <param name="Source">Who is listened to; absent = nobody yet, or nobody any more.</param>
/// <param name="Lost">Missing in the numbers of the packets.</param>
/// <param name="Dropped">What came and was not taken, by reason.</param>
internal sealed record RtpSectionDescription(
    MediaKind Kind, int Port, string? Source, bool Protected, long Packets, long Lost, IReadOnlyDictionary<string, long> Dropped)
{
    public static RtpSectionDescription Of(RtpSectionStatistics section) => new(
        section.Kind, section.Port, section.Source, section.IsProtected, section.Packets, section.Lost, new Dictionary<string, long>
        {
            ["foreign"] = section.Foreign,
            ["malformed"] = section.Malformed,
            ["implausible"] = section.Implausible,
            ["notAuthentic"] = section.NotAuthentic,
            ["replayed"] = section.Replayed,
            ["wrongPayloadType"] = section.WrongPayloadType,
            ["otherSsrc"] = section.OtherSsrc,
            ["tooLong"] = section.TooLong,
            ["kernel"] = Math.Max(0, section.DroppedByKernel),
        });
}
