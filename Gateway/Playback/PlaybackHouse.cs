using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Gateway.Hosting;
using Gateway.Options;
using Ingest.Playback;
using Media.Containers;
using Rooms;

namespace Gateway.Playback;

/// <summary>All playbacks of the gateway: those that run, and for a while those that are over, so that people can see why. Thread safe.</summary>
internal sealed partial class PlaybackHouse(RoomRegistry registry, GatewayOptions options, Meter meter, ILogger<PlaybackHouse> logger)
{
    private const int MaxEnded = 100;

    private readonly Lock _gate = new();
    private readonly PlaybackMetrics _metrics = new(meter);
    private ImmutableArray<RoomPlayback> _all = [];

    public MediaFolder Folder { get; } = new(options.PlaybackDirectory);

    /// <summary>Oldest first.</summary>
    public ImmutableArray<RoomPlayback> Of(string room) => [.. _all.Where(playback => playback.Request.Room == room)];

    public RoomPlayback? Find(string room, string id) =>
        _all.FirstOrDefault(playback => playback.Request.Room == room && playback.Request.Id == id);

    /// <summary>Null: there is no place for another one.</summary>
    public RoomPlayback? Add(PlaybackRequest request)
    {
        RoomPlayback playback;
        lock (_gate)
        {
            if (_all.Count(other => !other.IsOver) >= options.MaxPlaybacks) return null;
            playback = Make(request);
            _all = _all.Add(playback);
            RoomPlayback[] ended = [.. _all.Where(other => other.IsOver)];
            _all = [.. _all.Except(ended.Take(ended.Length - MaxEnded))];
        }

        playback.Start();
        LogStarted(request.Id, request.Room);
        return playback;
    }

    /// <summary>A playback that never began is not worth showing.</summary>
    public void Forget(RoomPlayback playback)
    {
        lock (_gate) _all = _all.Remove(playback);
    }

    private RoomPlayback Make(PlaybackRequest request)
    {
        RoomPlayback? made = null;
        made = new RoomPlayback(
            request, registry.LoopFor(request.Room, request.Parts.Select(part => part.Publication)), registry, _metrics, stream => MediaFiles.Open(stream),
            work => ReadingThread.Start($"playback {request.Id}", work, fault => OnFault(made!, fault)));
        return made;
    }

    private void OnFault(RoomPlayback playback, Exception fault)
    {
        LogFault(playback.Request.Id, fault);
        playback.Loop.Post(() => playback.Fail("a fault of the gateway while reading"));
    }

    [LoggerMessage(EventId = 1801, Level = LogLevel.Information, Message = "Playback {Id} into room {Room}")]
    private partial void LogStarted(string id, string room);

    [LoggerMessage(EventId = 1802, Level = LogLevel.Error, Message = "A fault while reading for playback {Id}")]
    private partial void LogFault(string id, Exception fault);
}
