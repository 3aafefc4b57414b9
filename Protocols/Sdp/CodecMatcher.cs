using System.Collections.Immutable;
using Media;

namespace Protocols.Sdp;

/// <summary>Finds the offered payload types that a codec of ours can be sent or received as.</summary>
internal static class CodecMatcher
{
    private const int NoMatch = int.MaxValue;

    // RFC 6184 §8.1: the profile when profile-level-id is not there
    private const string DefaultH264ProfileLevelId = "42000a";

    /// <summary>The best payload type for the first of our codecs that has one.</summary>
    public static bool TryPick(MediaDescription section, SendableMedia media, out Codec codec, out SdpCodec? picked)
    {
        foreach (Codec candidate in media.Codecs)
        {
            picked = Find(section, candidate, media.H264Profile);
            codec = candidate;
            if (picked is not null) return true;
        }

        codec = default;
        picked = null;
        return false;
    }

    /// <summary>All payload types of these codecs in the section's own order.</summary>
    public static List<(Codec Codec, SdpCodec Format)> All(MediaDescription section, ImmutableArray<Codec> codecs)
    {
        var matches = new List<(Codec, SdpCodec)>();
        foreach (SdpCodec offered in section.Codecs)
            foreach (Codec codec in codecs)
                if (Rank(offered, codec, SendableMedia.Baseline) != NoMatch) matches.Add((codec, offered));
        return matches;
    }

    /// <summary>The retransmission format of a payload type (RFC 4588 §8.1).</summary>
    public static int? RtxOf(MediaDescription section, SdpCodec codec)
    {
        foreach (SdpCodec rtx in section.Codecs)
            if (rtx.Is("rtx") && rtx.ClockRate == codec.ClockRate && rtx.NumericParameter("apt") == codec.PayloadType) return rtx.PayloadType;
        return null;
    }

    /// <summary>The best payload type of a codec; null = the section has none.</summary>
    public static SdpCodec? Find(MediaDescription section, Codec codec, byte h264Profile)
    {
        SdpCodec? best = null;
        int bestRank = NoMatch;
        foreach (SdpCodec offered in section.Codecs)
        {
            int rank = Rank(offered, codec, h264Profile);
            if (rank >= bestRank) continue;
            bestRank = rank;
            best = offered;
        }

        return best;
    }

    // Lower is better; among equals the peer's order decides.
    private static int Rank(SdpCodec offered, Codec codec, byte h264Profile)
    {
        if (!offered.Is(codec.Name())) return NoMatch;
        return codec switch
        {
            Codec.H264 => offered.ClockRate == 90_000 ? RankH264(offered, h264Profile) : NoMatch,
            Codec.Opus => offered is { ClockRate: 48_000, Channels: 2 } ? 0 : NoMatch,
            Codec.Pcmu or Codec.Pcma => offered.ClockRate == 8_000 && offered.Channels is 0 or 1 ? 0 : NoMatch,
            Codec.Vp9 => (offered.NumericParameter("profile-id") ?? 0) == 0 ? 0 : NoMatch,
            Codec.Av1 => (offered.NumericParameter("profile") ?? 0) == 0 ? 0 : NoMatch,
            _ => offered.ClockRate == 90_000 ? 0 : NoMatch,
        };
    }

    // Decoders of browsers play High without B-frames behind any of these, so a profile only decides which one is nearest.
    private static int RankH264(SdpCodec offered, byte source)
    {
        if (offered.NumericParameter("packetization-mode") != 1) return NoMatch;
        string id = offered.Parameter("profile-level-id") ?? DefaultH264ProfileLevelId;
        if (id.Length != 6 || !IsHexByte(id, 0, out int profile) || !IsHexByte(id, 2, out int constraints)) return NoMatch;
        bool isConstrained = (constraints & 0x40) != 0;
        int rank = profile switch
        {
            66 => isConstrained ? 1 : 2,
            77 => 3,
            100 => 4,
            244 => 5,
            _ => NoMatch,
        };
        return rank != NoMatch && profile == source && source != SendableMedia.Baseline ? 0 : rank;
    }

    private static bool IsHexByte(string text, int at, out int value) =>
        int.TryParse(text.AsSpan(at, 2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out value);
}
