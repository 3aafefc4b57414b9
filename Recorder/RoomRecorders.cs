using Recorder.Archive;
using Recorder.Tape;
using Rooms;

namespace Recorder;

/// <summary>
/// The recordings that are being made, one for a room at most: begun by the room's policy or on request, ended on request or
/// when nobody publishes any more. Thread safe.
/// </summary>
public sealed class RoomRecorders(
    RoomRegistry registry, RecordingCatalogue catalogue, RecorderSetup setup, Func<string, RecordingPolicy> policyOf) : IPublicationListener
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, RoomRecorder> _active = [];
    private readonly HashSet<string> _stoppedOnRequest = [];
    private readonly HashSet<Task> _stopping = [];
    private bool _isClosed;

    public RecordingPolicy PolicyOf(string room) => policyOf(room);

    /// <summary>Rooms that are being recorded.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _active.Count;
        }
    }

    /// <summary>The recording that is made of the room now; null = none is.</summary>
    public RoomRecorder? Find(string room)
    {
        lock (_gate) return _active.GetValueOrDefault(room);
    }

    /// <summary>Finishes, on a thread of its own, the recordings that an earlier run of the program did not. Once, before any begins.</summary>
    public void Recover(Action<string> onRecovered, Action<string> onFailed)
    {
        RecordingJournal[] all = [.. catalogue.Journals];
        var thread = new RecordingThread("repair of recordings", TimeSpan.Zero, static () => { }, () =>
        {
            foreach (RecordingJournal journal in all)
            {
                if (journal.Document is { State: RecordingState.Finished } document && document.Publications.All(publication => publication.Segments.All(segment => segment.Finished))) continue;
                if (Recovery.Finish(journal, Recovery.CrashNote)) onRecovered(journal.Document.Id);
                else onFailed(journal.Document.Id);
            }
        });
        thread.Stop(); // its end is all that it does
    }

    public void OnChanged(Publication publication)
    {
        string room = publication.Room.Name;
        RoomRecorder? recorder;
        bool isNew = false;
        lock (_gate)
        {
            bool isOver = publication.State == PublicationState.Ended && registry.Find(room) is not { Publications.IsEmpty: false };
            if (isOver) _stoppedOnRequest.Remove(room);
            if (!_active.TryGetValue(room, out recorder) && Wants(publication)) (recorder, isNew) = (Open(room), true);
        }

        if (recorder is null) return;
        if (isNew) setup.Listener.OnStarted(recorder.Document);
        recorder.Follow(publication);
        if (recorder.IsEmpty) _ = End(room, recorder);
    }

    /// <summary>Begins to record what is published in the room. Null: nothing is, or the gateway is stopping.</summary>
    /// <param name="isNew">False: it was recorded already.</param>
    public RoomRecorder? Start(string room, out bool isNew)
    {
        RoomRecorder? recorder;
        isNew = false;
        if (registry.Find(room) is not { Publications: { IsEmpty: false } publications }) return null;
        lock (_gate)
        {
            if (_isClosed) return null;
            _stoppedOnRequest.Remove(room);
            if (_active.TryGetValue(room, out recorder)) return recorder;
            (recorder, isNew) = (Open(room), true);
        }

        setup.Listener.OnStarted(recorder.Document);
        foreach (Publication publication in publications) publication.Loop.Post(() => OnChanged(publication));
        return recorder;
    }

    /// <summary>Ends the room's recording, also where its policy is to record always: until the room was empty once. Null: there is none.</summary>
    public async Task<RecordingDocument?> StopAsync(string room)
    {
        if (Find(room) is not { } recorder) return null;
        lock (_gate) _stoppedOnRequest.Add(room);
        await End(room, recorder);
        return recorder.Document;
    }

    /// <summary>Ends all recordings; none begins any more.</summary>
    public async Task CloseAsync()
    {
        Task[] all;
        KeyValuePair<string, RoomRecorder>[] active;
        lock (_gate)
        {
            _isClosed = true;
            active = [.. _active];
        }

        foreach ((string room, RoomRecorder recorder) in active) _ = End(room, recorder);
        lock (_gate) all = [.. _stopping];
        await Task.WhenAll(all);
    }

    private bool Wants(Publication publication) =>
        !_isClosed && publication.State == PublicationState.Live && !_stoppedOnRequest.Contains(publication.Room.Name)
        && policyOf(publication.Room.Name) == RecordingPolicy.Always;

    private RoomRecorder Open(string room) =>
        _active[room] = new RoomRecorder(catalogue.Create(room, setup.Clock.UtcNow), setup);

    private Task End(string room, RoomRecorder recorder)
    {
        Task ending;
        lock (_gate)
        {
            if (!_active.TryGetValue(room, out RoomRecorder? current) || current != recorder) return recorder.StopAsync();
            _active.Remove(room);
            ending = EndAsync(recorder);
            if (ending.IsCompleted) return ending;
            _stopping.Add(ending);
        }

        _ = ForgetAsync(ending);
        return ending;
    }

    private async Task EndAsync(RoomRecorder recorder)
    {
        try
        {
            await recorder.StopAsync();
        }
        finally
        {
            catalogue.Forget(recorder.Document.Id);
            setup.Listener.OnStopped(recorder.Document);
        }
    }

    private async Task ForgetAsync(Task ending)
    {
        try
        {
            await ending;
        }
        finally
        {
            lock (_gate) _stopping.Remove(ending);
        }
    }
}
