using System.Buffers.Binary;
using System.Collections.Immutable;
using Media.Buffers;
using Media.Containers;

namespace Media.Mp4;

/// <summary>
/// MP4 and its relatives (ISO/IEC 14496-12, QuickTime), plain and fragmented, finished or not. The index is read at once, into
/// the compact form that the writer keeps it in.
/// </summary>
public sealed class Mp4FileReader : IMediaFileReader
{
    private const int MaxMovie = 256 << 20;
    private const int MaxFragment = 16 << 20;
    private const int MaxBoxes = 16 << 20;
    private const int HeaderLength = 8;
    private const int LargeHeaderLength = 16;

    private readonly FileWindow _file;
    private readonly BufferPool _pool;
    private readonly List<Mp4TrackReader> _readers = [];
    private ParsedMovie? _movie;

    internal Mp4FileReader(FileWindow file, BufferPool pool)
    {
        _file = file;
        _pool = pool;
        ReadBoxes();
        if (_movie is null) throw new MediaFileException("The file has no index (moov): it was not finished, or is not whole.");
        Tracks = [.. _movie.Tracks.Where(track => track.IsVideo || track.IsAudio).Select(MakeTrack)];
        if (Tracks.IsEmpty) throw new MediaFileException("The file has neither picture nor sound.");
        foreach (MediaFileTrack track in Tracks)
            if (track.Start + track.Duration > Duration) Duration = track.Start + track.Duration;
    }

    public ImmutableArray<MediaFileTrack> Tracks { get; }

    public TimeSpan Duration { get; }

    /// <summary>True where a file of these first bytes may be one of this kind.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> start) =>
        start.Length >= HeaderLength && BinaryPrimitives.ReadUInt32BigEndian(start[4..])
            is BoxType.Ftyp or BoxType.Moov or BoxType.Mdat or BoxType.Free or BoxType.Skip or BoxType.Wide or BoxType.Styp or BoxType.Moof;

    public bool TryRead(out MediaFileSample sample)
    {
        while (true)
        {
            Mp4TrackReader? next = null;
            foreach (Mp4TrackReader reader in _readers)
                if (!reader.IsAtEnd && (next is null || reader.Position < next.Position)) next = reader;
            sample = default;
            if (next is null) return false;
            bool isRead = next.TryRead(out MediaFrame frame);
            next.MoveNext();
            if (!isRead) continue;
            sample = new MediaFileSample(next.Number, frame);
            return true;
        }
    }

    public void Seek(TimeSpan position)
    {
        Mp4TrackReader? video = _readers.Find(reader => reader.IsVideo);
        if (video is not null) position = video.SeekToKeyframe(position);
        foreach (Mp4TrackReader reader in _readers)
            if (reader != video) reader.SeekTo(position);
    }

    public void Dispose() => _file.Dispose();

    private void ReadBoxes()
    {
        FragmentParser? fragments = null;
        var budget = new SampleBudget(_file.Length);
        long offset = 0;
        for (int count = 0; offset <= _file.Length - HeaderLength; count++)
        {
            if (count == MaxBoxes) throw new MediaFileException("The file consists of too many boxes.");
            long size = ReadHeader(offset, out uint type, out int header);
            if (size < header)
            {
                // What follows a whole index is not needed.
                if (_movie is not null) return;
                throw new MediaFileException($"The box at {offset} has an impossible size.");
            }

            bool isWhole = size <= _file.Length - offset;
            if (type == BoxType.Moov && _movie is null)
            {
                if (!isWhole) throw new MediaFileException("The file ends in the middle of its index (moov).");
                _movie = MovieParser.Parse(ReadContent(offset + header, size - header, MaxMovie, "index"), _file.Length, budget);
                fragments = new FragmentParser(_movie.Tracks, budget);
            }
            else if (type == BoxType.Moof && isWhole)
            {
                if (fragments is null) throw new MediaFileException("A fragment stands before the file's index (moov).");
                fragments.Parse(ReadContent(offset + header, size - header, MaxFragment, "fragment"), offset);
                fragments.Commit();
            }

            if (!isWhole) return;
            offset += size;
        }
    }

    private long ReadHeader(long offset, out uint type, out int header)
    {
        ReadOnlySpan<byte> bytes = _file.Peek(offset, LargeHeaderLength);
        long size = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        type = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        header = HeaderLength;
        if (size == 0) return _file.Length - offset;
        if (size != 1) return size;
        header = LargeHeaderLength;
        return bytes.Length < LargeHeaderLength ? 0 : (long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), long.MaxValue);
    }

    private ReadOnlySpan<byte> ReadContent(long offset, long length, int limit, string name)
    {
        if (length > limit) throw new MediaFileException($"The file's {name} of {length} bytes is too large.");
        if (length <= MaxFragment / 16) return _file.Peek(offset, (int)length);
        byte[] content = new byte[length];
        _file.Read(offset, content);
        return content;
    }

    private MediaFileTrack MakeTrack(ParsedTrack track, int number)
    {
        SampleEntryReader entry = SampleEntryReader.Read(track.SampleEntry, track.IsVideo);
        MediaKind kind = track.IsVideo ? MediaKind.Video : MediaKind.Audio;
        MediaFileTrack Refused(string name, string reason) => new(kind, name, null, reason, default, default);
        if (entry.Unsupported is { } reason) return Refused(entry.Name, reason);
        if (entry.Codec.Kind() != kind) return Refused(entry.Name, "The track is not of the kind that its codec is.");
        var form = CanonicalForm.For(entry.Codec, entry.Configuration, entry.Width, entry.Height, entry.SampleRate, entry.Channels, _pool);
        if (form is null) return Refused(entry.Name, $"The track's configuration of {entry.Name} is broken.");
        if (track.Index.Count == 0) return Refused(entry.Name, "The track is empty.");
        var reader = new Mp4TrackReader(number, track, form, _file, _pool, _movie!.TimeScale);
        if (reader.Format is null) return Refused(entry.Name, "The track's parameter sets are missing.");
        _readers.Add(reader);
        TimeSpan start = reader.ToSpan(track.Index.FirstPresentation);
        return new MediaFileTrack(kind, entry.Name, reader.Format, null, start, reader.ToSpan(track.Index.PresentationEnd) - start);
    }
}
