using System.Collections.Immutable;

namespace Protocols.Sdp;

/// <summary>The encodings that a section offers to send (RFC 8853 §5.1, RFC 8851).</summary>
internal static class SimulcastStreams
{
    // Longer ones fit no element of the one-byte form (RFC 8285 §4.2).
    private const int MaxRidLength = 16;

    /// <summary>Their names in the offer's order; empty = no simulcast.</summary>
    /// <remarks>
    /// <code>a=simulcast:send h;m,~n;l recv x</code>
    /// Streams are parted by ';', alternatives for one by ',' (the first is taken), '~' marks a paused one.
    /// </remarks>
    public static ImmutableArray<string> Offered(MediaDescription section, int max)
    {
        var rids = new List<string>();
        if (section.Simulcast is { } simulcast)
        {
            ReadOnlySpan<char> list = SendList(simulcast);
            foreach (Range range in list.Split(';')) Add(rids, section, FirstAlternative(list[range]), max);
        }
        else if (section.Rids.Find(rid => rid.IsSend) is { } single)
        {
            Add(rids, section, single.Id, max);
        }

        return [.. rids];
    }

    private static ReadOnlySpan<char> SendList(ReadOnlySpan<char> simulcast)
    {
        bool isNext = false;
        foreach (Range range in simulcast.Split(' '))
        {
            ReadOnlySpan<char> word = simulcast[range];
            if (word.IsEmpty) continue;
            if (isNext) return word;
            isNext = word is "send";
        }

        return default;
    }

    private static ReadOnlySpan<char> FirstAlternative(ReadOnlySpan<char> stream)
    {
        int comma = stream.IndexOf(',');
        if (comma >= 0) stream = stream[..comma];
        if (stream.StartsWith("rid=")) stream = stream["rid=".Length..]; // an old draft's form
        return stream.TrimStart('~');
    }

    private static void Add(List<string> rids, MediaDescription section, ReadOnlySpan<char> name, int max)
    {
        if (rids.Count >= max || name.IsEmpty || name.Length > MaxRidLength) return;
        foreach (char c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not '-' and not '_') return;
        string rid = name.ToString();
        if (!rids.Contains(rid) && section.Rids.Exists(offered => offered.IsSend && offered.Id == rid)) rids.Add(rid);
    }
}
