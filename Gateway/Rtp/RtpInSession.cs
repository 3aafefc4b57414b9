using System.Security.Cryptography;
using Ingest.Rtp;

namespace Gateway.Rtp;

/// <summary>A sender of plain RTP as HTTP sees it. Who knows <see cref="Secret"/> may end it.</summary>
internal sealed class RtpInSession(RtpPublisher publisher, string room, string publication)
{
    private const int SecretLength = 32;

    public string Secret { get; } = RandomNumberGenerator.GetHexString(SecretLength, lowercase: true);

    public RtpPublisher Publisher { get; } = publisher;

    /// <summary>For the log.</summary>
    public string Ports { get; } = string.Join(", ", publisher.Statistics.Select(section => $"{section.Kind} {section.Port}"));

    public string Room { get; } = room;

    public string Publication { get; } = publication;
}
