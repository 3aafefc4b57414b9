using Media;

namespace Ingest.Rtp;

/// <summary>What came to the ports of one section of a <see cref="RtpPublisher"/>.</summary>
/// <param name="Source">Who is listened to; null = nobody yet, or nobody any more.</param>
/// <param name="Packets">Taken.</param>
/// <param name="Foreign">From others than the source.</param>
/// <param name="Implausible">From unknown senders, and not what was announced.</param>
/// <param name="OtherSsrc">Of further synchronisation sources beside the one that sends.</param>
/// <param name="TooLong">Longer than an Ethernet frame holds.</param>
/// <param name="DroppedByKernel">Because nobody took them in time; -1 = the system does not say.</param>
public sealed record RtpSectionStatistics(
    MediaKind Kind, int Port, string? Source, bool IsProtected, long Packets, long Lost, long Foreign, long Malformed, long Implausible,
    long NotAuthentic, long Replayed, long WrongPayloadType, long OtherSsrc, long TooLong, long DroppedByKernel);
