using System.Buffers.Binary;
using System.Collections.Immutable;
using Media.Containers;

namespace Media.Mp4;

/// <summary>
/// How our MP4 files begin, and how they are finished in place. While being written:
/// <c>ftyp | free, 16 bytes | moov without samples | moof mdat | moof mdat ...</c>. When finished, a moov with all samples
/// stands at the end and the 16 bytes are the header of one mdat (with a 64-bit size) that holds everything between:
/// <c>ftyp | mdat [ moov | moof mdat | moof mdat ... ] | moov</c>: a plain MP4 file whose samples are where they were.
/// </summary>
/// <remarks>
/// The size is patched first, into the body of the free box, where nobody reads it; then the eight bytes that make it count.
/// Until then players find the fragments and ignore the second moov.
/// </remarks>
internal static class Mp4Layout
{
    public const int ReservedOffset = 32;
    public const int ReservedLength = 16;
    public const int MovieOffset = ReservedOffset + ReservedLength;

    private const uint SizeFollows = 1; // "largesize", ISO/IEC 14496-12 §4.2

    /// <summary>iso6: tfdt, signed composition offsets, data offsets from the fragment's own start.</summary>
    private static ReadOnlySpan<byte> FileType => "\0\0\0\u0020ftypisom\0\0\u0002\0isomiso6mp42mp41"u8;

    public static void WriteStart(BoxBuilder output)
    {
        output.Bytes(FileType);
        output.Bytes(ReservedBox());
    }

    /// <summary>True where a file begins as ours do, whatever has become of the reserved box.</summary>
    public static bool IsOurs(ReadOnlySpan<byte> start) =>
        start.Length >= MovieOffset && start[..ReservedOffset].SequenceEqual(FileType);

    public static byte[] ReservedBox() => [0, 0, 0, ReservedLength, .. "free"u8, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <param name="indexOffset">Where the moov with all samples stands.</param>
    public static bool IsFinished(ReadOnlySpan<byte> start, long indexOffset) =>
        start.Slice(ReservedOffset, ReservedLength).SequenceEqual(Finished(indexOffset));

    public static ImmutableArray<FilePatch> Patches(long indexOffset)
    {
        byte[] header = Finished(indexOffset);
        return [new FilePatch(ReservedOffset + 8, header.AsMemory(8)), new FilePatch(ReservedOffset, header.AsMemory(0, 8))];
    }

    private static byte[] Finished(long indexOffset)
    {
        byte[] header = new byte[ReservedLength];
        BinaryPrimitives.WriteUInt32BigEndian(header, SizeFollows);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), BoxType.Mdat);
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(8), indexOffset - ReservedOffset);
        return header;
    }
}
