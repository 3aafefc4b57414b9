using System.Collections.Immutable;
using Media;

namespace Protocols.Sdp;

/// <summary>Parameter sets that a description carries for streams that do not (RFC 6184 §8.1, RFC 7798 §7.1).</summary>
internal static class SpropParameterSets
{
    private const int MaxSets = 16;
    private const int MaxSetLength = 1024;

    /// <summary>Those of the first codec that has some; what is not base64 is left out.</summary>
    public static ImmutableArray<ImmutableArray<byte>> Of(MediaDescription media, ImmutableArray<ReceivedCodec> codecs)
    {
        foreach (ReceivedCodec codec in codecs)
        {
            if (media.CodecOf(codec.PayloadType) is not { } format) continue;
            ImmutableArray<ImmutableArray<byte>> sets = codec.Codec switch
            {
                Codec.H264 => Read(format.Parameter("sprop-parameter-sets")),
                Codec.H265 => [.. Read(format.Parameter("sprop-vps")), .. Read(format.Parameter("sprop-sps")), .. Read(format.Parameter("sprop-pps"))],
                _ => [],
            };
            if (!sets.IsEmpty) return sets;
        }

        return [];
    }

    private static ImmutableArray<ImmutableArray<byte>> Read(string? list)
    {
        if (string.IsNullOrEmpty(list)) return [];
        var sets = ImmutableArray.CreateBuilder<ImmutableArray<byte>>();
        byte[] buffer = new byte[MaxSetLength];
        foreach (string set in list.Split(','))
            if (sets.Count < MaxSets && Convert.TryFromBase64String(set.Trim(), buffer, out int length) && length > 1)
                sets.Add([.. buffer.AsSpan(0, length)]);
        return sets.ToImmutable();
    }
}
