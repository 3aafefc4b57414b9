using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Media.FFmpeg;

/// <summary>
/// Annex B byte streams, which exist only at FFmpeg's door: start codes instead of the 4-byte lengths of the bus, and
/// parameter sets in the stream.
/// </summary>
internal static class AnnexB
{
    private const uint StartCode = 1;
    private const int PrefixLength = 4;

    /// <summary>Bytes that <see cref="Write"/> needs.</summary>
    public static int Size(ReadOnlySpan<byte> frame, ImmutableArray<ImmutableArray<byte>> parameterSets)
    {
        int size = frame.Length;
        foreach (ImmutableArray<byte> set in parameterSets) size += PrefixLength + set.Length;
        return size;
    }

    /// <summary>Writes parameter sets and the frame's NAL units; returns the length, which broken lengths make shorter.</summary>
    public static int Write(
        ReadOnlySpan<byte> frame, ImmutableArray<ImmutableArray<byte>> parameterSets, Span<byte> destination)
    {
        int at = 0;
        foreach (ImmutableArray<byte> set in parameterSets) at += WriteUnit(set.AsSpan(), destination[at..]);
        while (frame.Length > PrefixLength)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(frame);
            if (length > frame.Length - PrefixLength) break;
            at += WriteUnit(frame.Slice(PrefixLength, (int)length), destination[at..]);
            frame = frame[(PrefixLength + (int)length)..];
        }

        return at;
    }

    /// <summary>Takes the next NAL unit, without its start code, off the front of a byte stream.</summary>
    public static bool TryReadUnit(ref ReadOnlySpan<byte> stream, out ReadOnlySpan<byte> unit)
    {
        ReadOnlySpan<byte> code = [0, 0, 1];
        unit = default;
        int start = stream.IndexOf(code);
        if (start < 0) return false;
        stream = stream[(start + code.Length)..];
        int next = stream.IndexOf(code);
        unit = (next < 0 ? stream : stream[..next]).TrimEnd((byte)0); // a 4-byte start code begins with a zero
        stream = next < 0 ? default : stream[next..];
        return true;
    }

    private static int WriteUnit(ReadOnlySpan<byte> unit, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, StartCode);
        unit.CopyTo(destination[PrefixLength..]);
        return PrefixLength + unit.Length;
    }
}
