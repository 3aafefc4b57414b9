using System.Buffers.Binary;
using Media.Containers;

namespace Media.Mp4;

/// <summary>Repairs a file of <see cref="FragmentedMp4Writer"/> by its fragments, whatever the reserved box and the tail look like.</summary>
internal static class Mp4Repair
{
    private const int HeaderLength = 8;
    private const int MaxBox = 16 << 20;

    public static RepairResult Repair(FileWindow file, RepairedFile output)
    {
        byte[] start = file.Peek(0, Mp4Layout.MovieOffset).ToArray();
        if (IsFinished(file, start, out TimeSpan known)) return new RepairResult(RepairOutcome.WasFinished, known, 0, 0);
        var nothing = new RepairResult(RepairOutcome.NoMedia, default, 0, 0);
        if (!TryReadHeader(file, Mp4Layout.MovieOffset, out uint type, out long size) || type != BoxType.Moov || size > MaxBox) return nothing;
        var budget = new SampleBudget(file.Length);
        ParsedMovie movie = MovieParser.Parse(file.Peek(Mp4Layout.MovieOffset + HeaderLength, (int)size - HeaderLength), file.Length, budget);
        if (!movie.HasFragments || movie.Tracks.Count == 0) throw new MediaFileException("The file's first index is not one of fragments.");
        long end = ReadFragments(file, new FragmentParser(movie.Tracks, budget), Mp4Layout.MovieOffset + size, out int fragments);
        if (fragments == 0) return nothing;
        SampleIndex[] samples = [.. movie.Tracks.Select(track => track.Index)];
        var writer = new MovieBoxWriter([.. movie.Tracks.Select(Describe)], movie.Created);
        output.Restore([new FilePatch(Mp4Layout.ReservedOffset, Mp4Layout.ReservedBox())], start);
        output.Finish(end, FragmentedMp4Writer.Finish(writer, samples, end));
        return new RepairResult(RepairOutcome.Repaired, DurationOf(movie), fragments, file.Length - end);
    }

    // The reserved box leads to a whole index that ends with the file.
    private static bool IsFinished(FileWindow file, ReadOnlySpan<byte> start, out TimeSpan duration)
    {
        duration = default;
        long index = Mp4Layout.ReservedOffset + BinaryPrimitives.ReadInt64BigEndian(start[(Mp4Layout.ReservedOffset + 8)..]);
        if (index < Mp4Layout.MovieOffset || index > file.Length || !Mp4Layout.IsFinished(start, index)) return false;
        if (!TryReadHeader(file, index, out uint type, out long size) || type != BoxType.Moov || index + size != file.Length) return false;
        // moov, mvhd, version and flags, two times of 64 bits: then the scale and the duration
        var fields = new FieldReader(file.Peek(index, 64), BoxType.Mvhd);
        fields.Skip(HeaderLength + HeaderLength + 4 + 16);
        uint scale = fields.UInt32();
        duration = MediaTime.ToSpan(fields.Time(1), Math.Max(1, scale));
        return true;
    }

    private static bool TryReadHeader(FileWindow file, long offset, out uint type, out long size)
    {
        ReadOnlySpan<byte> header = file.Peek(offset, HeaderLength);
        type = 0;
        size = 0;
        if (header.Length < HeaderLength) return false;
        size = BinaryPrimitives.ReadUInt32BigEndian(header);
        type = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        return size >= HeaderLength && size <= file.Length - offset;
    }

    private static long ReadFragments(FileWindow file, FragmentParser parser, long offset, out int fragments)
    {
        for (fragments = 0; ; fragments++)
        {
            if (!TryReadHeader(file, offset, out uint type, out long size) || type != BoxType.Moof || size > MaxBox) return offset;
            if (!TryReadHeader(file, offset + size, out uint dataType, out long dataSize) || dataType != BoxType.Mdat) return offset;
            try
            {
                parser.Parse(file.Peek(offset + HeaderLength, (int)size - HeaderLength), offset);
            }
            catch (MediaFileException)
            {
                return offset;
            }

            if (parser.Sequence != fragments + 1 || !Fills(parser.Runs, offset + size + HeaderLength, dataSize - HeaderLength)) return offset;
            parser.Commit();
            offset += size + dataSize;
        }
    }

    // The runs lie one after the other and leave nothing of the mdat.
    private static bool Fills(ReadOnlySpan<FragmentRun> runs, long offset, long length)
    {
        foreach (FragmentRun run in runs)
        {
            if (run.Offset != offset) return false;
            offset += run.Length;
            length -= run.Length;
        }

        return length == 0 && runs.Length > 0;
    }

    private static Mp4Track Describe(ParsedTrack track)
    {
        SampleEntryReader entry = SampleEntryReader.Read(track.SampleEntry, track.IsVideo);
        return new Mp4Track(track.IsVideo ? MediaKind.Video : MediaKind.Audio, track.TimeScale, track.SampleEntry, entry.Width, entry.Height);
    }

    private static TimeSpan DurationOf(ParsedMovie movie)
    {
        TimeSpan first = TimeSpan.MaxValue, end = TimeSpan.MinValue;
        foreach (ParsedTrack track in movie.Tracks)
        {
            if (track.Index.Count == 0) continue;
            TimeSpan start = MediaTime.ToSpan(track.Index.FirstPresentation, track.TimeScale);
            TimeSpan stop = MediaTime.ToSpan(track.Index.PresentationEnd, track.TimeScale);
            if (start < first) first = start;
            if (stop > end) end = stop;
        }

        return end > first ? end - first : default;
    }
}
