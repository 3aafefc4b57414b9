using System.Collections.Immutable;
using Media;

namespace Protocols.Sdp;

/// <summary>What the gateway takes from a publisher. Which codec comes first is the offer's choice.</summary>
public sealed record ReceivableMedia
{
    public static ReceivableMedia Default { get; } = new();

    public ImmutableArray<Codec> AudioCodecs { get; init; } = [Codec.Opus, Codec.Pcmu, Codec.Pcma];

    public ImmutableArray<Codec> VideoCodecs { get; init; } = [Codec.H264, Codec.Vp8, Codec.Vp9, Codec.Av1];

    /// <summary>The sections that are wanted; null = all that fit.</summary>
    public ImmutableHashSet<string>? Mids { get; init; }

    /// <summary>
    /// Whether sections come and go on a session that stays: those that are not taken are answered as inactive rather than
    /// rejected, so that a later offer can use them (RFC 8829 §5.3.1), and an offer may have none to take.
    /// </summary>
    public bool KeepsSections { get; init; }

    /// <summary>Audio sections that are taken; what is more is refused.</summary>
    public int MaxAudioSections { get; init; } = 1;

    public int MaxVideoSections { get; init; } = 1;

    /// <summary>Simulcast encodings of one section; the sender leaves out what is more.</summary>
    public int MaxEncodings { get; init; } = 4;

    internal ImmutableArray<Codec> CodecsOf(MediaDescription section) => section.Kind == "audio" ? AudioCodecs : VideoCodecs;

    internal bool Wants(MediaDescription section) => Mids?.Contains(section.Mid!) ?? true;

    internal int MaxSectionsOf(string kind) => kind == "audio" ? MaxAudioSections : MaxVideoSections;
}
