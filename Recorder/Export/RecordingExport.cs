using System.Buffers;
using System.Collections.Immutable;
using Media;
using Media.Containers;
using Recorder.Archive;
using Recorder.Files;
using Recorder.Tape;
using Rooms;

namespace Recorder.Export;

public enum ExportState
{
    Running,
    Finished,
    Failed,
}

/// <summary>What is exported of a recording.</summary>
/// <param name="From">From the last keyframe before this time, in seconds from the recording's start.</param>
/// <param name="To">Until this time.</param>
public sealed record ExportRequest(string Publication, double From, double To);

/// <summary>
/// A part of a publication, made into one file without encoding anything anew: it begins at a keyframe, and segments that
/// follow each other are joined. Made on a thread of its own; its properties can be read from any.
/// </summary>
public sealed class RecordingExport
{
    private const long FragmentTicks = TimeSpan.TicksPerSecond;
    private const long FragmentBytes = 4 << 20;

    private readonly RecordingJournal _journal;
    private readonly ImmutableArray<RecordedSegment> _segments;
    private readonly DateTimeOffset _from;
    private readonly DateTimeOffset _to;
    private readonly ArrayBufferWriter<byte> _output = new(256 << 10);
    private IMediaFileWriter? _writer;
    private ImmutableArray<TrackFormat> _tracks;
    private DateTimeOffset _zero; // wall clock that times in the export count from
    private double _progress;
    private volatile bool _isCancelled;

    public RecordingExport(RecordingJournal journal, string id, ExportRequest request)
    {
        (_journal, Id, Request) = (journal, id, request);
        _from = journal.Document.StartedAt.AddSeconds(request.From);
        _to = journal.Document.StartedAt.AddSeconds(request.To);
        _segments = [.. (journal.Document.Publication(request.Publication)?.Segments ?? []).Where(segment => segment.Finished && segment.StartedAt < _to && segment.EndsAt > _from)];
        File = _segments is [var first, ..] ? $"export-{id}.{first.Container}" : "";
    }

    public string Id { get; }

    public ExportRequest Request { get; }

    /// <summary>Its name in the recording's folder; empty where there is nothing to export.</summary>
    public string File { get; }

    public ExportState State { get; private set; }

    /// <summary>Why it failed, in plain words.</summary>
    public string? Error { get; private set; }

    /// <summary>From 0 to 1.</summary>
    public double Progress => Volatile.Read(ref _progress);

    public bool IsEmpty => _segments.IsEmpty;

    /// <summary>Completes when it was made, or failed.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    internal void Start()
    {
        var thread = new RecordingThread($"export {Id}", TimeSpan.Zero, static () => { }, Run);
        thread.Stop(); // its end is all that it does
        Ended = thread.Ended;
    }

    /// <summary>Ends it, and removes its file.</summary>
    internal void Remove()
    {
        _isCancelled = true;
        if (State != ExportState.Running) DeleteFile();
    }

    private void Run()
    {
        try
        {
            using (var file = new DiskFile(_journal.Folder.PathOf(File))) Write(file);
            Volatile.Write(ref _progress, 1);
            State = ExportState.Finished;
        }
#pragma warning disable CA1031 // whatever is in the files: it is told, and nothing is left behind
        catch (Exception e)
#pragma warning restore CA1031
        {
            Error = e.Message;
            State = ExportState.Failed;
            DeleteFile();
        }

        if (_isCancelled) DeleteFile();
    }

    private void Write(DiskFile file)
    {
        try
        {
            foreach (RecordedSegment segment in _segments) Copy(segment, file);
            if (_writer is null) throw new ExportException("There is nothing in that time.");
            Cut(file);
            FinishedFile finished = _writer.Finish();
            file.Append(finished.Append.Span);
            foreach (FilePatch patch in finished.Patches) file.Overwrite(patch.Offset, patch.Bytes.Span);
            file.Sync();
        }
        finally
        {
            _writer?.Dispose();
        }
    }

    private void Copy(RecordedSegment segment, DiskFile file)
    {
        using var stream = new FileStream(_journal.Folder.PathOf(segment.File), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using IMediaFileReader reader = MediaFiles.Open(stream);
        Begin(reader, segment, file);
        if (_from > segment.StartedAt) reader.Seek(_from - segment.StartedAt);
        long shift = (segment.StartedAt - _zero).Ticks;
        long end = (_to - segment.StartedAt).Ticks;
        bool isOver = false;
        while (!isOver && reader.TryRead(out MediaFileSample sample))
        {
            MediaFrame frame = sample.Frame;
            try
            {
                int track = IndexOf(frame.Format);
                long time = frame.DecodeTicks();
                if (time < end && track >= 0) Add(track, frame, shift, file);
                isOver = time >= end + TimeSpan.TicksPerSecond || _isCancelled;
                Volatile.Write(ref _progress, Math.Clamp((segment.StartedAt.AddTicks(time) - _from) / (_to - _from), 0, 0.99));
            }
            finally
            {
                frame.Release();
            }
        }

        if (_isCancelled) throw new ExportException("It was ended.");
    }

    private void Begin(IMediaFileReader reader, RecordedSegment segment, DiskFile file)
    {
        ImmutableArray<TrackFormat> formats = [.. reader.Tracks.Select(track => track.Format).OfType<TrackFormat>().OrderByDescending(format => format.Kind)];
        if (_writer is null)
        {
            (_tracks, _zero) = (formats, segment.StartedAt);
            _writer = MediaFileWriters.Create(segment.Container, formats, segment.StartedAt);
            _writer.WriteHeader(_output);
            Flush(file);
            return;
        }

        if (formats.Length != _tracks.Length || !formats.Zip(_tracks).All(pair => SegmentPlan.SameEntry(pair.First, pair.Second)))
            throw new ExportException($"From {segment.File} on the picture or sound is another one, which one file can't hold: export the parts before and after {segment.StartedAt:HH:mm:ss} by themselves.");
    }

    private void Add(int track, in MediaFrame frame, long shift, DiskFile file)
    {
        long ticks = Timeline.FromTicks(shift, frame.Format.ClockRate);
        _writer!.Add(track, frame.At(frame.DecodeTime + ticks, frame.PresentationTime + ticks));
        if (_writer.PendingTicks >= FragmentTicks || _writer.PendingBytes >= FragmentBytes) Cut(file);
    }

    private int IndexOf(TrackFormat format)
    {
        for (int i = 0; i < _tracks.Length; i++)
            if (_tracks[i].Kind == format.Kind) return i;
        return -1;
    }

    private void Cut(DiskFile file)
    {
        _writer!.CutFragment(_output);
        Flush(file);
    }

    private void Flush(DiskFile file)
    {
        file.Append(_output.WrittenSpan);
        _output.ResetWrittenCount();
    }

    private void DeleteFile()
    {
        try
        {
            System.IO.File.Delete(_journal.Folder.PathOf(File));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It goes with the recording.
        }
    }

    private sealed class ExportException(string message) : Exception(message);
}
