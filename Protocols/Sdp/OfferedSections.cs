using System.Globalization;

namespace Protocols.Sdp;

/// <summary>What an offer's sections are looked at for, whoever made the offer.</summary>
internal static class OfferedSections
{
    public static NegotiationFailure? CheckMids(SessionDescription offer)
    {
        var seen = new HashSet<string>();
        foreach (MediaDescription section in offer.Media)
        {
            // Without a group a single section may go without (RFC 5888 §6); with one, each needs its own.
            if (section.Mid is null && offer.Bundle is null && offer.Media.Count == 1) section.Mid = "0";
            if (section.Mid is null) return new NegotiationFailure(NegotiationError.BadMid, "A media section has no a=mid.");
            if (!seen.Add(section.Mid)) return new NegotiationFailure(NegotiationError.BadMid, $"Two media sections have the mid {section.Mid}.");
        }

        return null;
    }

    /// <summary>Whether it is a section of media that can flow in that direction, or in both.</summary>
    public static bool Flows(SessionDescription offer, MediaDescription section, SdpDirection direction)
    {
        SdpDirection offered = offer.DirectionOf(section);
        return section.IsActive
            && section.Kind is "audio" or "video"
            && section.Protocol.Contains("SAVPF", StringComparison.Ordinal)
            && (offered == direction || offered == SdpDirection.SendReceive)
            && (offer.Bundle is null || offer.Bundle.Contains(section.Mid!));
    }

    /// <summary>The first section of media whose transport is the group's; null = there is none.</summary>
    public static MediaDescription? FirstOfMedia(SessionDescription offer) => offer.Media.Find(section =>
        section.IsActive && section.Kind is "audio" or "video" && section.Protocol.Contains("SAVPF", StringComparison.Ordinal)
        && (offer.Bundle is null || offer.Bundle.Contains(section.Mid!)));

    /// <summary>
    /// The section that tells the transport of another one: itself, or where that says nothing, the one that its group is
    /// named after (RFC 9143 §7.1.3).
    /// </summary>
    public static MediaDescription? WithTransport(SessionDescription offer, MediaDescription? section)
    {
        if (section is null || offer.Bundle is null || offer.UfragOf(section) is not null) return section;
        return offer.Media.Find(other => other.Mid == offer.Bundle[0]) ?? section;
    }

    public static string Describe(MediaDescription section)
    {
        IEnumerable<string> names = section.Codecs
            .Where(codec => codec.Name.Length > 0 && !codec.Is("rtx") && !codec.Is("red") && !codec.Is("ulpfec") && !codec.Is("flexfec-03"))
            .Select(Describe).Distinct(StringComparer.OrdinalIgnoreCase).Take(16);
        return $"{section.Kind}: {string.Join(", ", names)}";
    }

    // H.264 without packetization-mode 1 is of no use, so that belongs to the name.
    private static string Describe(SdpCodec codec) =>
        codec.Is("H264") ? string.Create(CultureInfo.InvariantCulture, $"H264 mode {codec.NumericParameter("packetization-mode") ?? 0}") : codec.Name;
}
