using System.Collections.Immutable;
using Media;

namespace Protocols.Sdp;

/// <summary>One section in which a publisher sends: all that is needed to make sense of its packets.</summary>
public sealed record ReceivedSection
{
    public required string Mid { get; init; }

    public required MediaKind Kind { get; init; }

    /// <summary>What may come, the publisher's first choice first; it may change from one to another at any time.</summary>
    public required ImmutableArray<ReceivedCodec> Codecs { get; init; }

    /// <summary>The encodings of a simulcast sender in the order of its <c>a=simulcast</c>; empty = one encoding without a name.</summary>
    public ImmutableArray<string> Rids { get; init; } = [];

    public required ReceivedExtensionIds Extensions { get; init; }

    /// <summary>The sources that the offer tells; empty = they show by their header extensions or payload types.</summary>
    public ImmutableArray<AnnouncedSource> Sources { get; init; } = [];

    /// <summary>Stream and track id of the offer's <c>a=msid</c>.</summary>
    public string? Msid { get; init; }

    public bool ReducedSizeRtcp { get; init; }

    /// <summary>Whether packets mean the same in both; what the offer tells of sources may differ.</summary>
    public bool IsSameAs(ReceivedSection other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Mid == other.Mid && Kind == other.Kind && Extensions == other.Extensions && ReducedSizeRtcp == other.ReducedSizeRtcp
            && Rids.AsSpan().SequenceEqual(other.Rids.AsSpan()) && Codecs.AsSpan().SequenceEqual(other.Codecs.AsSpan());
    }

    public ReceivedCodec? CodecOf(int payloadType)
    {
        foreach (ReceivedCodec codec in Codecs)
            if (codec.PayloadType == payloadType) return codec;
        return null;
    }

    /// <summary>The codec whose retransmissions have that payload type.</summary>
    public ReceivedCodec? CodecOfRtx(int payloadType)
    {
        foreach (ReceivedCodec codec in Codecs)
            if (codec.RtxPayloadType == payloadType) return codec;
        return null;
    }
}

/// <summary>One payload type that was accepted.</summary>
public sealed record ReceivedCodec
{
    public required Codec Codec { get; init; }

    public required int PayloadType { get; init; }

    public required int ClockRate { get; init; }

    /// <summary>Audio channels as the rtpmap has them; 0 for video.</summary>
    public int Channels { get; init; }

    /// <summary>The fmtp line of the offer: what the publisher sends.</summary>
    public string Parameters { get; init; } = "";

    /// <summary>The payload type of retransmissions (RFC 4588); null = they come as the original.</summary>
    public int? RtxPayloadType { get; init; }

    public bool Nack { get; init; }

    public bool Pli { get; init; }

    public bool Fir { get; init; }

    public bool Remb { get; init; }

    public bool TransportCc { get; init; }
}

/// <param name="RtxSsrc">Its retransmissions (FID); 0 = none told.</param>
public readonly record struct AnnouncedSource(uint Ssrc, uint RtxSsrc);

/// <summary>The ids under which a publisher's extensions come; 0 = not negotiated.</summary>
public readonly record struct ReceivedExtensionIds(byte Mid, byte Rid, byte RepairedRid, byte TransportCc, byte AudioLevel);
