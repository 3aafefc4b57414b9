using System.Collections.Immutable;
using Media;
using Protocols.Ice;

namespace Protocols.Sdp;

/// <summary>What a publisher and the gateway agreed on: all that a session needs, and the answer to hand out.</summary>
public sealed record PublisherNegotiation
{
    /// <summary>The publisher's own; a lite agent only needs them to tell a restart.</summary>
    public required IceCredentials RemoteCredentials { get; init; }

    /// <summary>The certificate that DTLS must show.</summary>
    public required Fingerprint RemoteFingerprint { get; init; }

    /// <summary>The section that the transport of all is named after (RFC 9143 §7.2).</summary>
    public required string TransportMid { get; init; }

    /// <summary>The sections that were taken, in the offer's order.</summary>
    public required ImmutableArray<ReceivedSection> Sections { get; init; }

    /// <summary>Why sections that offer to send were not taken, for instance for want of a common codec.</summary>
    public ImmutableArray<SectionRefusal> Refusals { get; init; } = [];

    public required SessionDescription Answer { get; init; }

    public ReceivedSection? Audio => FirstOf(MediaKind.Audio);

    public ReceivedSection? Video => FirstOf(MediaKind.Video);

    private ReceivedSection? FirstOf(MediaKind kind)
    {
        foreach (ReceivedSection section in Sections)
            if (section.Kind == kind) return section;
        return null;
    }
}

/// <param name="Mid">The section's, unique in its offer.</param>
/// <param name="Reason">A sentence for whoever wrote the client.</param>
public sealed record SectionRefusal(string Mid, string Reason)
{
    public override string ToString() => $"Section {Mid}: {Reason}";
}
