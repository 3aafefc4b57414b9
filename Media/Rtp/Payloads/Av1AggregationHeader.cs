using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>The first byte of an AV1 payload (RTP Payload Format For AV1 §4.4).</summary>
/// <remarks>
/// <code>
///  0 1 2 3 4 5 6 7
/// +-+-+-+-+-+-+-+-+
/// |Z|Y| W |N|-|-|-|
/// +-+-+-+-+-+-+-+-+
/// </code>
/// Z: the first element goes on from the packet before; Y: the last one goes on in the next; W: the number of elements, 0 = each
/// has its length; N: first packet of a coded video sequence.
/// </remarks>
internal readonly record struct Av1AggregationHeader(byte Value)
{
    public const int Length = 1;

    public bool ContinuesElement => (Value & 0x80) != 0;

    public bool IsContinued => (Value & 0x40) != 0;

    public int ElementCount => (Value >> 4) & 3;

    public bool StartsSequence => (Value & 0x08) != 0;

    public static bool TryInspect(ReadOnlySpan<byte> payload, out PayloadInfo info)
    {
        info = default;
        var header = new Av1AggregationHeader(payload[0]);
        if (header is { ContinuesElement: true, StartsSequence: true } || payload.Length < 2) return false;
        bool isKeyframe = header.StartsSequence;
        byte spatial = 0, temporal = 0;
        bool isLayerKnown = false;
        var elements = new Av1Elements(payload);
        while (elements.MoveNext())
        {
            if (elements.IsFirst && header.ContinuesElement) continue;
            if (!Av1Obu.TryParse(elements.Current, out Av1Obu obu)) continue;
            isKeyframe |= obu.Type == Av1Obu.SequenceHeader;
            if (!obu.HasExtension || isLayerKnown) continue;
            (spatial, temporal, isLayerKnown) = (obu.SpatialId, obu.TemporalId, true);
        }

        if (elements.IsMalformed) return false;
        info = new PayloadInfo
        {
            StartsFrame = !header.ContinuesElement,
            StartsKeyframe = isKeyframe,
            SpatialId = spatial,
            TemporalId = temporal,
            DescriptorLength = Length,
        };
        return true;
    }
}
