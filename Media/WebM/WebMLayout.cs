using System.Buffers.Binary;
using System.Collections.Immutable;
using Media.Containers;

namespace Media.WebM;

/// <summary>
/// How our WebM files begin, and how they are finished in place. While being written: <c>EBML | Segment of unknown size
/// [ SeekHead with a Void | Info with a Void | Tracks | Cluster ... ]</c>. When finished, Cues stand at the end; one Void became
/// the SeekHead's entry for them, the other the Duration, and the Segment has its size.
/// </summary>
internal static class WebMLayout
{
    public const int SegmentOffset = 40;
    public const int SegmentSizeOffset = SegmentOffset + 4;
    public const int SegmentDataOffset = SegmentSizeOffset + 8;
    public const int CuesEntryOffset = SegmentDataOffset + 5 + (2 * SeekEntryLength);
    public const int InfoOffset = CuesEntryOffset + SeekEntryLength;
    public const int DurationOffset = InfoOffset + 12;

    public const int SeekEntryLength = 21;
    public const int DurationLength = 11;

    /// <summary>Everything up to here is the same in each of our files but for what finishing changes.</summary>
    public const int FixedLength = DurationOffset + DurationLength;

    private const ulong UnknownSize = 0x01ff_ffff_ffff_ffff; // RFC 8794 §6.2
    private const long UnixToMatroska = 978_307_200;         // 2001-01-01
    private const ulong NanosecondsPerMillisecond = 1_000_000;

    public static void WriteStart(EbmlBuilder output, IReadOnlyList<TrackFormat> tracks, DateTimeOffset created)
    {
        // EBMLVersion 1, EBMLReadVersion 1, EBMLMaxIDLength 4, EBMLMaxSizeLength 8, DocType, DocTypeVersion 4, DocTypeReadVersion 2
        output.Bytes([
            0x1a, 0x45, 0xdf, 0xa3, 0xa3, 0x42, 0x86, 0x81, 1, 0x42, 0xf7, 0x81, 1, 0x42, 0xf2, 0x81, 4, 0x42, 0xf3, 0x81, 8,
            0x42, 0x82, 0x84, .. "webm"u8, 0x42, 0x87, 0x81, 4, 0x42, 0x85, 0x81, 2, 0xec, 0x82, 0, 0]);
        output.Id(EbmlId.Segment);
        Span<byte> size = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(size, UnknownSize);
        output.Bytes(size);
        var information = new EbmlBuilder();
        WriteInformation(information, created);
        output.Id(EbmlId.SeekHead);
        output.Size(3 * SeekEntryLength);
        WriteSeekEntry(output, EbmlId.Info, InfoOffset - SegmentDataOffset);
        WriteSeekEntry(output, EbmlId.Tracks, InfoOffset - SegmentDataOffset + information.Length);
        output.Void(SeekEntryLength);
        output.Bytes(information.Written);
        TrackEntryWriter.Write(output, tracks);
    }

    /// <summary>True where a file begins as ours do, whatever has become of the reserved fields.</summary>
    public static bool IsOurs(ReadOnlySpan<byte> start)
    {
        if (start.Length < FixedLength) return false;
        var model = new EbmlBuilder();
        WriteStart(model, [], default);
        ReadOnlySpan<byte> expected = model.Written;
        return expected[..SegmentSizeOffset].SequenceEqual(start[..SegmentSizeOffset])
            && expected[SegmentDataOffset..(SegmentDataOffset + 5 + SeekEntryLength)].SequenceEqual(start[SegmentDataOffset..(SegmentDataOffset + 5 + SeekEntryLength)])
            && expected[InfoOffset..DurationOffset].SequenceEqual(start[InfoOffset..DurationOffset]);
    }

    public static bool IsFinished(ReadOnlySpan<byte> start, long length) =>
        BinaryPrimitives.ReadUInt64BigEndian(start[SegmentSizeOffset..]) == SizeOf(length);

    /// <summary>The reserved fields as they are before a file is finished, in the order in which they are to be taken back.</summary>
    public static ImmutableArray<FilePatch> Unfinished()
    {
        var model = new EbmlBuilder();
        WriteStart(model, [], default);
        byte[] start = model.Written[..FixedLength].ToArray();
        return
        [
            new FilePatch(SegmentSizeOffset, start.AsMemory(SegmentSizeOffset, 8)),
            new FilePatch(DurationOffset, start.AsMemory(DurationOffset, DurationLength)),
            new FilePatch(CuesEntryOffset, start.AsMemory(CuesEntryOffset, SeekEntryLength)),
        ];
    }

    /// <param name="duration">In milliseconds, from the file's zero.</param>
    public static ImmutableArray<FilePatch> Patches(long cuesOffset, long length, double duration)
    {
        var entry = new EbmlBuilder();
        WriteSeekEntry(entry, EbmlId.Cues, cuesOffset - SegmentDataOffset);
        var time = new EbmlBuilder();
        time.Float(EbmlId.Duration, duration);
        byte[] size = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(size, SizeOf(length));
        return
        [
            new FilePatch(CuesEntryOffset, entry.Take()), new FilePatch(DurationOffset, time.Take()), new FilePatch(SegmentSizeOffset, size),
        ];
    }

    private static ulong SizeOf(long length) => (1UL << 56) | (ulong)(length - SegmentDataOffset);

    private static void WriteSeekEntry(EbmlBuilder output, uint id, long position)
    {
        output.Id(EbmlId.Seek);
        output.Size(SeekEntryLength - 3);
        output.Id(EbmlId.SeekId);
        output.Size(4);
        output.Id(id);
        output.UnsignedInteger64(EbmlId.SeekPosition, (ulong)position);
    }

    private static void WriteInformation(EbmlBuilder output, DateTimeOffset created)
    {
        // Of the same length with and without a date, for what comes after it is found by its place.
        int content = output.Begin(EbmlId.Info);
        output.Void(DurationLength);
        output.UnsignedInteger(EbmlId.TimestampScale, NanosecondsPerMillisecond);
        output.Binary(EbmlId.MuxingApp, "Gateway"u8);
        output.Binary(EbmlId.WritingApp, "Gateway"u8);
        if (created == default) output.Void(DurationLength);
        else output.UnsignedInteger64(EbmlId.DateUtc, (ulong)((created.UtcTicks - DateTimeOffset.FromUnixTimeSeconds(UnixToMatroska).Ticks) * 100));
        output.End(content);
    }
}
