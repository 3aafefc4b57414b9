using System.Buffers;
using System.Collections.Immutable;
using Media;
using Media.Containers;
using Recorder.Files;

namespace Recorder.Tape;

/// <summary>
/// One open file of a recording: fragments are appended and synced in time, whatever the keyframes, and at the end the file
/// is made seekable where it is. A failure of the disk is an <see cref="IOException"/>; then <see cref="Abandon"/> leaves
/// the whole fragments. One thread.
/// </summary>
internal sealed class SegmentWriter : IDisposable
{
    /// <summary>More is not collected for one fragment, however fast it comes.</summary>
    public const long LargestFragment = 4 << 20;

    private readonly IMediaFileWriter _writer;
    private readonly IRecordingFile _file;
    private readonly RecorderOptions _options;
    private readonly ArrayBufferWriter<byte> _output = new(64 << 10);
    private readonly SegmentTrack[] _tracks;
    private long _pendingSince = -1;
    private long _syncedAt;
    private bool _hasCut;
    private long _whole; // length up to the last whole fragment

    private SegmentWriter(IRecordingFile file, IMediaFileWriter writer, ImmutableArray<TrackFormat> tracks, RecorderOptions options, long now)
    {
        (_file, _writer, _options) = (file, writer, options);
        _tracks = [.. tracks.Select(format => new SegmentTrack(format))];
        _writer.WriteHeader(_output);
        Append();
        _file.Sync();
        _syncedAt = now;
    }

    /// <summary>Makes the file with its header.</summary>
    public static SegmentWriter Create(RecorderSetup setup, string path, ImmutableArray<TrackFormat> tracks, DateTimeOffset at, long now)
    {
        IRecordingFile file = setup.Disk.Create(path);
        try
        {
            return new SegmentWriter(file, setup.CreateWriter(Container.Of(tracks), tracks, at), tracks, setup.Options, now);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Media time at which the file's zero lies, in ticks of 100 ns; known once a frame was added.</summary>
    public long Zero { get; private set; } = long.MaxValue;

    /// <summary>Where the newest frame begins.</summary>
    public long Newest { get; private set; } = long.MinValue;

    public long Bytes => _whole;

    public long PendingBytes => _writer.PendingBytes;

    public TimeSpan Duration => TimeSpan.FromTicks(_writer.DurationTicks);

    public IReadOnlyList<SegmentTrack> Tracks => _tracks;

    public SegmentTrack? Track(MediaKind kind) => Array.Find(_tracks, track => track.Format.Kind == kind);

    /// <summary>Takes a borrowed frame of one of its tracks.</summary>
    public void Add(in MediaFrame frame, long now)
    {
        MediaKind kind = frame.Format.Kind;
        int index = Array.FindIndex(_tracks, track => track.Format.Kind == kind);
        long ticks = frame.PresentationTicks();
        if (!_hasCut) Zero = Math.Min(Zero, frame.DecodeTicks()); // as the container has it
        Newest = Math.Max(Newest, ticks);
        _tracks[index].Count(ticks);
        _writer.Add(index, frame);
        if (_pendingSince < 0) _pendingSince = now;
    }

    /// <summary>Whether what is pending has to go into the file, if the next occasion comes only <paramref name="pace"/> later.</summary>
    public bool IsDue(long now, long pace) => _pendingSince >= 0 && now - _pendingSince + pace >= _options.FragmentTime.Ticks;

    /// <summary>Appends what is pending, and syncs where the next occasion would be too late for that.</summary>
    public void Cut(long now)
    {
        if (_pendingSince < 0) return;
        _pendingSince = -1;
        _hasCut = true;
        _writer.CutFragment(_output);
        Append();
        if (now - _syncedAt + _options.FragmentTime.Ticks >= _options.SyncTime.Ticks) Sync(now);
    }

    /// <summary>Appends what is pending and the index, and fills in what was reserved for it.</summary>
    public void Finish(long now)
    {
        Cut(now);
        FinishedFile finished = _writer.Finish();
        _file.Append(finished.Append.Span);
        _file.Sync();
        foreach (FilePatch patch in finished.Patches)
        {
            _file.Overwrite(patch.Offset, patch.Bytes.Span);
            _file.Sync();
        }

        _whole = _file.Length;
    }

    /// <summary>Gives up after a failure: what was whole stays and plays.</summary>
    public void Abandon()
    {
        try
        {
            _file.Truncate(_whole);
            _file.Sync();
        }
        catch (IOException)
        {
            // The torn tail stays until the file is repaired.
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        _file.Dispose();
    }

    private void Sync(long now)
    {
        _file.Sync();
        _syncedAt = now;
    }

    private void Append()
    {
        _file.Append(_output.WrittenSpan);
        _output.ResetWrittenCount();
        _whole = _file.Length;
    }
}

/// <summary>What was written of one track of a file.</summary>
internal sealed class SegmentTrack(TrackFormat format)
{
    public TrackFormat Format { get; } = format;

    public long Frames { get; private set; }

    /// <summary>Media time of its first frame.</summary>
    public long First { get; private set; } = long.MaxValue;

    public void Count(long ticks)
    {
        Frames++;
        if (Frames == 1) First = ticks;
    }
}
