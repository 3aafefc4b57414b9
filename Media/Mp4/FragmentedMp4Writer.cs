using System.Buffers;
using System.Collections.Immutable;
using Media.Containers;

namespace Media.Mp4;

/// <summary>
/// Fragmented MP4 that becomes a plain, seekable one in place (see <see cref="Mp4Layout"/>): H.264, H.265, AV1, VP9; AAC and
/// Opus; sound alone too. Sizes and times have 64 bits.
/// </summary>
public sealed class FragmentedMp4Writer : IMediaFileWriter
{
    private const int MdatHeaderLength = 8;

    // Seconds from 1904 to 1970, the epochs of MP4 and Unix
    private const long Epoch = 2_082_844_800;

    // A track of which nothing has come may still begin earlier than the others; the finished file has no trace of it. What
    // begins even earlier gets negative composition offsets.
    private static readonly TimeSpan s_reserve = TimeSpan.FromMilliseconds(250);

    private readonly ImmutableArray<TrackFormat> _formats;
    private readonly TrackFragmentWriter[] _tracks;
    private readonly MovieBoxWriter _movie;
    private readonly FileZero _zero;
    private readonly PendingFragment _pending;
    private readonly BoxBuilder _boxes = new();
    private readonly int[] _offsetFields;
    private uint _sequence;
    private bool _isFinished;

    /// <param name="tracks">Complete formats: parameter sets, sizes and configurations, as the first keyframe has them.</param>
    /// <param name="created">Wall clock of the file's zero, or default where it is not known.</param>
    public FragmentedMp4Writer(ImmutableArray<TrackFormat> tracks, DateTimeOffset created = default)
    {
        if (tracks.IsDefaultOrEmpty) throw new ArgumentException("A file has one track at least.", nameof(tracks));
        _formats = tracks;
        _tracks = [.. Enumerable.Range(1, tracks.Length).Select(number => new TrackFragmentWriter(number))];
        _movie = new MovieBoxWriter(
            [.. tracks.Select(Mp4Track.Of)], (ulong)Math.Max(0, created == default ? 0 : created.ToUnixTimeSeconds() + Epoch));
        _zero = new FileZero(tracks);
        _pending = new PendingFragment(tracks.Length);
        _offsetFields = new int[tracks.Length];
    }

    public long PendingTicks => _pending.Ticks;

    public long PendingBytes => _pending.Bytes;

    public long Length { get; private set; }

    public long DurationTicks
    {
        get
        {
            long first = long.MaxValue, end = long.MinValue;
            for (int i = 0; i < _tracks.Length; i++)
            {
                if (_tracks[i].Index.Count == 0) continue;
                first = Math.Min(first, MediaTime.ToTicks(_tracks[i].Index.FirstPresentation, _formats[i].ClockRate));
                end = Math.Max(end, MediaTime.ToTicks(_tracks[i].Index.PresentationEnd, _formats[i].ClockRate));
            }

            return Math.Max(0, end - first);
        }
    }

    /// <summary>Memory that the index takes, in bytes.</summary>
    internal long IndexCapacity => _tracks.Sum(track => track.Index.Capacity);

    /// <summary>Codecs that this writer takes.</summary>
    public static bool Supports(Codec codec) => SampleEntryWriter.Supports(codec);

    public void WriteHeader(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (Length > 0) throw new InvalidOperationException("The header was written before.");
        _boxes.Clear();
        Mp4Layout.WriteStart(_boxes);
        _movie.WriteForFragments(_boxes);
        output.Write(_boxes.Written);
        Length = _boxes.Length;
    }

    public void Add(int track, in MediaFrame frame)
    {
        ObjectDisposedException.ThrowIf(_isFinished, this);
        if (frame.Format.Codec != _formats[track].Codec || frame.Format.ClockRate != _formats[track].ClockRate)
            throw new ArgumentException("The frame is of another codec or clock than its track.", nameof(frame));
        if (frame.Length > 0) _pending.Add(track, frame);
    }

    public void CutFragment(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (Length == 0) throw new InvalidOperationException("The header comes first.");
        if (_pending.Frames.Length == 0) return;
        if (!_zero.IsKnown) _zero.Set(_pending, s_reserve);
        int dataLength = PlaceSamples();
        WriteBoxes(dataLength);
        output.Write(_boxes.Written);
        foreach (TrackFragmentWriter track in _tracks)
        {
            foreach (FragmentSample sample in track.Samples) output.Write(sample.Frame.Data);
            track.Commit(Length + _boxes.Length);
        }

        Length += _boxes.Length + dataLength;
        _pending.Clear();
    }

    public FinishedFile Finish()
    {
        ObjectDisposedException.ThrowIf(_isFinished, this);
        Dispose();
        return Finish(_movie, [.. _tracks.Select(track => track.Index)], Length);
    }

    public void Dispose()
    {
        _isFinished = true;
        _pending.Clear();
    }

    /// <summary>The index of a file of that length. Without any sample there is nothing to add.</summary>
    internal static FinishedFile Finish(MovieBoxWriter movie, IReadOnlyList<SampleIndex> samples, long length)
    {
        if (samples.All(index => index.Count == 0)) return new FinishedFile(default, []);
        var boxes = new BoxBuilder();
        movie.WriteFinished(boxes, samples);
        return new FinishedFile(boxes.Take(), Mp4Layout.Patches(length));
    }

    private int PlaceSamples()
    {
        int start = 0;
        for (int track = 0; track < _tracks.Length; track++)
        {
            _tracks[track].Begin(start);
            foreach ((int owner, MediaFrame frame) in _pending.Frames)
            {
                if (owner != track) continue;
                _tracks[track].Add(frame, _zero.Place(track, frame.DecodeTime), _zero.Place(track, frame.PresentationTime));
            }

            start = checked(start + _tracks[track].DataLength);
        }

        return start;
    }

    private void WriteBoxes(int dataLength)
    {
        _boxes.Clear();
        int fragment = _boxes.Begin(BoxType.Moof);
        int header = _boxes.Begin(BoxType.Mfhd, 0, 0);
        _boxes.UInt32(++_sequence);
        _boxes.End(header);
        for (int i = 0; i < _tracks.Length; i++)
            if (_tracks[i].Samples.Length > 0) _offsetFields[i] = _tracks[i].Write(_boxes);
        _boxes.End(fragment);
        for (int i = 0; i < _tracks.Length; i++)
            if (_tracks[i].Samples.Length > 0) _boxes.PatchUInt32(_offsetFields[i], (uint)(_boxes.Length + MdatHeaderLength + _tracks[i].DataStart));
        _boxes.UInt32((uint)(MdatHeaderLength + dataLength));
        _boxes.UInt32(BoxType.Mdat);
    }
}
