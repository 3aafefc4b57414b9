using System.Globalization;

namespace TestKit.WebRtc;

/// <summary>One section of an answer that sends something.</summary>
/// <param name="Codec">Name of the rtpmap line: opus, H264, VP8.</param>
/// <param name="RtxSsrc">0 without retransmissions of their own.</param>
public sealed record WhepStream(string Kind, string Codec, int PayloadType, uint Ssrc, uint RtxSsrc)
{
    public static IReadOnlyList<WhepStream> Parse(string answer)
    {
        var streams = new List<WhepStream>();
        foreach (string section in answer.Split("\nm=").Skip(1))
        {
            string[] lines = section.Split('\n', StringSplitOptions.TrimEntries);
            string[] media = lines[0].Split(' '); // kind, port, protocol, payload types
            if (media[1] == "0" || media.Length < 4) continue;
            uint[] ssrcs =
            [
                .. lines.Where(line => line.StartsWith("a=ssrc:", StringComparison.Ordinal))
                    .Select(line => uint.Parse(line["a=ssrc:".Length..].Split(' ')[0], CultureInfo.InvariantCulture)).Distinct(),
            ];
            if (ssrcs.Length == 0) continue;
            string map = $"a=rtpmap:{media[3]} ";
            string codec = lines.First(line => line.StartsWith(map, StringComparison.Ordinal))[map.Length..].Split('/')[0];
            int payloadType = int.Parse(media[3], CultureInfo.InvariantCulture);
            streams.Add(new WhepStream(media[0], codec, payloadType, ssrcs[0], ssrcs.Length > 1 ? ssrcs[1] : 0));
        }

        return streams;
    }
}
