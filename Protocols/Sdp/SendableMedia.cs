using System.Collections.Immutable;
using Media;

namespace Protocols.Sdp;

/// <summary>What the gateway can send of one kind.</summary>
/// <param name="Codecs">Best first: the source's own codec, then what it can be converted to. Empty = this kind does not exist.</param>
/// <param name="H264Profile">profile_idc of the H.264 that would be sent; the offered payload type of that profile wins.</param>
public sealed record SendableMedia(ImmutableArray<Codec> Codecs, byte H264Profile = SendableMedia.Baseline)
{
    public const byte Baseline = 66;

    public static SendableMedia None { get; } = new(ImmutableArray<Codec>.Empty);
}
