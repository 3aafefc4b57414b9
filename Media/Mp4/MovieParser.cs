using Media.Containers;

namespace Media.Mp4;

/// <summary>Reads a movie box (ISO/IEC 14496-12 §8.2). Every way down has a fixed depth, so that no nesting is too deep.</summary>
internal static class MovieParser
{
    private const int MaxTracks = 64;

    /// <param name="fileLength">No track has more bytes than that.</param>
    public static ParsedMovie Parse(ReadOnlySpan<byte> content, long fileLength, SampleBudget budget)
    {
        var movie = new ParsedMovie();
        var boxes = new BoxReader(content);
        while (boxes.MoveNext())
        {
            switch (boxes.Type)
            {
                case BoxType.Mvhd:
                    var header = new FieldReader(boxes.Content, BoxType.Mvhd);
                    byte version = header.Version(out _);
                    movie.Created = (ulong)header.Time(version);
                    header.Skip(version == 1 ? 8 : 4);
                    movie.TimeScale = Math.Max(1, header.UInt32());
                    break;
                case BoxType.Trak when movie.Tracks.Count < MaxTracks:
                    movie.Tracks.Add(ParseTrack(boxes.Content, fileLength, budget));
                    break;
                case BoxType.Mvex:
                    movie.HasFragments = true;
                    break;
            }
        }

        if (boxes.IsMalformed) throw new MediaFileException("A box in the file's index (moov) has an impossible size.");
        if (movie.HasFragments) ParseExtends(BoxReader.Find(content, BoxType.Mvex), movie);
        return movie;
    }

    private static void ParseExtends(ReadOnlySpan<byte> content, ParsedMovie movie)
    {
        var boxes = new BoxReader(content);
        while (boxes.MoveNext())
        {
            if (boxes.Type != BoxType.Trex) continue;
            var fields = new FieldReader(boxes.Content, BoxType.Trex);
            fields.Version(out _);
            uint id = fields.UInt32();
            fields.Skip(4);
            var defaults = new FragmentDefaults(fields.UInt32(), fields.UInt32(), fields.UInt32());
            foreach (ParsedTrack track in movie.Tracks)
                if (track.Id == id) track.Defaults = defaults;
        }
    }

    private static ParsedTrack ParseTrack(ReadOnlySpan<byte> content, long fileLength, SampleBudget budget)
    {
        var track = new ParsedTrack();
        var header = new FieldReader(BoxReader.Find(content, BoxType.Tkhd), BoxType.Tkhd);
        header.Skip(header.Version(out _) == 1 ? 16 : 8);
        track.Id = header.UInt32();
        ReadOnlySpan<byte> edits = BoxReader.Find(BoxReader.Find(content, BoxType.Edts), BoxType.Elst);
        if (!edits.IsEmpty) ParseEdits(edits, track);
        ReadOnlySpan<byte> media = BoxReader.Find(content, BoxType.Mdia);
        var mediaHeader = new FieldReader(BoxReader.Find(media, BoxType.Mdhd), BoxType.Mdhd);
        mediaHeader.Skip(mediaHeader.Version(out _) == 1 ? 16 : 8);
        track.TimeScale = mediaHeader.UInt32();
        if (track.TimeScale == 0) throw new MediaFileException("A track has a time scale of zero.");
        var handler = new FieldReader(BoxReader.Find(media, BoxType.Hdlr), BoxType.Hdlr);
        handler.Skip(8);
        track.Handler = handler.UInt32();
        if (!track.IsVideo && !track.IsAudio) return track;
        ReadOnlySpan<byte> table = BoxReader.Find(BoxReader.Find(media, BoxType.Minf), BoxType.Stbl);
        ParseDescription(BoxReader.Find(table, BoxType.Stsd), track);
        new SampleTableReader(table, track, fileLength, budget).Read();
        track.NextDecode = track.Index.Count == 0 ? 0 : track.Index.LastDecode + track.Index.LastDuration;
        return track;
    }

    // §8.6.6: the empty edits at the start, and where the first real one begins; what later ones say is not followed.
    private static void ParseEdits(ReadOnlySpan<byte> content, ParsedTrack track)
    {
        var fields = new FieldReader(content, BoxType.Elst);
        byte version = fields.Version(out _);
        uint count = fields.UInt32();
        for (uint i = 0; i < count; i++)
        {
            long duration = fields.Time(version);
            long start = version == 1 ? fields.Int64() : fields.Int32();
            fields.Skip(4);
            if (start >= 0)
            {
                track.MediaStart = Math.Min(start, 1L << 61);
                return;
            }

            track.EmptyEdit = Math.Min(track.EmptyEdit + duration, 1L << 61);
        }
    }

    private static void ParseDescription(ReadOnlySpan<byte> content, ParsedTrack track)
    {
        if (content.Length < 8) return;
        var entries = new BoxReader(content[8..]);
        while (entries.MoveNext())
        {
            if (track.SampleEntryCount++ > 0) continue;
            track.SampleEntry = entries.Whole.ToArray();
            track.SampleEntryType = entries.Type;
        }
    }
}
