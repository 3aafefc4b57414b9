using Gateway.Options;
using Media.Scheduling;
using Recorder;
using Recorder.Archive;
using Recorder.Export;
using Recorder.Files;
using Rooms;

namespace Gateway.Recordings;

/// <summary>The recorder in this program: its archive, the recordings that are being made, and what is told of them.</summary>
internal sealed partial class RecorderHost : IRecorderListener, IAsyncDisposable
{
    private static readonly TimeSpan RetentionInterval = TimeSpan.FromMinutes(1);

    private readonly GatewayOptions _options;
    private readonly RoomsContext _rooms;
    private readonly MonotonicClock _clock;
    private readonly RecorderMetrics _metrics;
    private readonly ILogger<RecorderHost> _logger;
    private readonly Thumbnails _thumbnails;
    private ITimer? _retention;

    public RecorderHost(
        GatewayOptions options, RoomRegistry registry, MonotonicClock clock, RecorderMetrics metrics, ILogger<RecorderHost> logger)
    {
        (_options, _rooms, _clock, _metrics, _logger) = (options, registry.Context, clock, metrics, logger);
        Catalogue = new RecordingCatalogue(options.Recorder.Directory);
        _thumbnails = new Thumbnails(_rooms.FFmpeg);
        var setup = new RecorderSetup(options.Recorder, new RecordingDisk(), clock, this, _thumbnails.Request);
        Recorders = new RoomRecorders(registry, Catalogue, setup, options.RecordingPolicyOf);
    }

    public RecordingCatalogue Catalogue { get; }

    public RoomRecorders Recorders { get; }

    public RecordingExports Exports { get; } = new();

    /// <summary>Why nothing can be recorded or found; null = all is well.</summary>
    public string? OffBecause { get; private set; }

    /// <summary>Finds what was recorded before; from then on rooms are recorded.</summary>
    public void Start()
    {
        try
        {
            Catalogue.Load();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            OffBecause = $"Recorder:Directory \"{_options.Recorder.Directory}\" can't be used: {e.Message}";
            LogOff(OffBecause);
            return;
        }

        _thumbnails.Start();
        Recorders.Recover(LogRecovered, LogNotRecovered);
        _rooms.Listener = Recorders;
        _metrics.Observe(Recorders);
        _retention = _clock.TimeProvider.CreateTimer(_ => RemoveOld(), null, TimeSpan.Zero, RetentionInterval);
    }

    /// <summary>Completes when all files are finished.</summary>
    public Task StopAsync() => Recorders.CloseAsync();

    public ValueTask DisposeAsync()
    {
        _thumbnails.Dispose();
        return _retention?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    public void OnStarted(RecordingDocument recording)
    {
        LogStarted(recording.Room, recording.Id);
        Raise(RoomEvent.RecordingStarted, recording);
    }

    public void OnFailed(RecordingDocument recording, string publication, string reason)
    {
        _metrics.Failed();
        LogFailed(recording.Room, publication, recording.Id, reason);
        Raise(RoomEvent.RecordingFailed, recording, publication, reason);
    }

    public void OnResumed(RecordingDocument recording, string publication)
    {
        LogResumed(recording.Room, publication, recording.Id);
        Raise(RoomEvent.RecordingResumed, recording, publication);
    }

    public void OnStopped(RecordingDocument recording)
    {
        LogStopped(recording.Room, recording.Id);
        Raise(RoomEvent.RecordingStopped, recording);
    }

    public void OnDropped(RecordingDocument recording, string publication, long frames)
    {
        _metrics.Dropped(frames);
        LogDropped(recording.Room, publication, recording.Id, frames);
    }

    public void OnWritten(long bytes) => _metrics.Written(bytes);

    private void RemoveOld()
    {
        RecorderOptions options = _options.Recorder;
        foreach (RecordingDocument recording in Retention.Due(Catalogue.All, options.MaxAge, options.MaxTotalBytes, _clock.UtcNow))
        {
            try
            {
                if (!Catalogue.Delete(recording.Id)) continue;
                _metrics.Removed();
                LogRemoved(recording.Room, recording.Id);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogNotRemoved(recording.Id, e.Message);
            }
        }
    }

    private void Raise(string type, RecordingDocument recording, string? publication = null, string? detail = null) =>
        _rooms.Events.Raise(new RoomEvent(type, _clock.UtcNow, recording.Room, publication, recording.Id, detail));

    [LoggerMessage(EventId = 1601, Level = LogLevel.Error, Message = "Nothing is recorded: {Reason}")]
    private partial void LogOff(string reason);

    [LoggerMessage(EventId = 1602, Level = LogLevel.Information, Message = "Room {Room} is recorded as {Recording}")]
    private partial void LogStarted(string room, string recording);

    [LoggerMessage(EventId = 1603, Level = LogLevel.Error, Message = "{Room}/{Publication} can't be recorded any more ({Recording}): {Reason}")]
    private partial void LogFailed(string room, string publication, string recording, string reason);

    [LoggerMessage(EventId = 1604, Level = LogLevel.Information, Message = "{Room}/{Publication} is recorded again ({Recording})")]
    private partial void LogResumed(string room, string publication, string recording);

    [LoggerMessage(EventId = 1605, Level = LogLevel.Information, Message = "The recording of room {Room} has ended: {Recording}")]
    private partial void LogStopped(string room, string recording);

    [LoggerMessage(EventId = 1606, Level = LogLevel.Warning, Message = "The disk is too slow for {Room}/{Publication} ({Recording}): {Frames} frames were not recorded")]
    private partial void LogDropped(string room, string publication, string recording, long frames);

    [LoggerMessage(EventId = 1607, Level = LogLevel.Information, Message = "Recording {Recording} of room {Room} was removed: too old, or too much all together")]
    private partial void LogRemoved(string room, string recording);

    [LoggerMessage(EventId = 1609, Level = LogLevel.Warning, Message = "Recording {Recording} was not ended; it was repaired and finished")]
    private partial void LogRecovered(string recording);

    [LoggerMessage(EventId = 1610, Level = LogLevel.Error, Message = "Recording {Recording} could not be repaired")]
    private partial void LogNotRecovered(string recording);

    [LoggerMessage(EventId = 1608, Level = LogLevel.Warning, Message = "Recording {Recording} could not be removed: {Reason}")]
    private partial void LogNotRemoved(string recording, string reason);
}
