using System.Collections.Immutable;

namespace Media.Codecs;

/// <summary>Looks into canonical H.264 frames, and writes them as byte streams for decoders that want start codes.</summary>
public static class H264Frame
{
    private static ReadOnlySpan<byte> StartCode => [0, 0, 0, 1];

    /// <summary>True where one of the slices is a B-slice; looks at the slice headers only.</summary>
    public static bool HasBidirectionalSlices(ReadOnlySpan<byte> frame)
    {
        var units = new LengthPrefixedNalUnits(frame);
        while (units.MoveNext())
            if (SliceHeader.TryParse(units.Current, out SliceHeader header) && header.Type == SliceType.B) return true;
        return false;
    }

    /// <summary>True where another picture may refer to this one (nal_ref_idc above 0).</summary>
    public static bool IsReference(ReadOnlySpan<byte> frame)
    {
        var units = new LengthPrefixedNalUnits(frame);
        while (units.MoveNext())
        {
            byte header = units.Current[0];
            if (NalUnit.IsSlice(NalUnit.Type(header)) && NalUnit.RefIdc(header) != 0) return true;
        }

        return false;
    }

    /// <summary>Room for <see cref="WriteAnnexB"/>.</summary>
    public static int AnnexBLength(ReadOnlySpan<byte> frame, ImmutableArray<ImmutableArray<byte>> parameterSets)
    {
        int length = frame.Length;
        foreach (ImmutableArray<byte> set in parameterSets) length += StartCode.Length + set.Length;
        return length;
    }

    /// <summary>
    /// Writes parameter sets (empty for other frames than keyframes) and the frame with start codes, and returns the
    /// bytes written.
    /// </summary>
    public static int WriteAnnexB(
        ReadOnlySpan<byte> frame, ImmutableArray<ImmutableArray<byte>> parameterSets, Span<byte> destination)
    {
        int at = 0;
        foreach (ImmutableArray<byte> set in parameterSets) at += WriteUnit(set.AsSpan(), destination[at..]);
        var units = new LengthPrefixedNalUnits(frame);
        while (units.MoveNext()) at += WriteUnit(units.Current, destination[at..]);
        return at;
    }

    private static int WriteUnit(ReadOnlySpan<byte> nal, Span<byte> destination)
    {
        StartCode.CopyTo(destination);
        nal.CopyTo(destination[StartCode.Length..]);
        return StartCode.Length + nal.Length;
    }
}
