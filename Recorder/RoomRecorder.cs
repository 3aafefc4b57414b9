using Recorder.Archive;
using Rooms;

namespace Recorder;

/// <summary>One recording: everything that is published in a room, each publication by a recorder of its own. Thread safe.</summary>
public sealed class RoomRecorder
{
    private readonly Lock _gate = new();
    private readonly RecorderSetup _setup;
    private readonly RecordingJournal _journal;
    private readonly Dictionary<Publication, PublicationRecorder> _publications = [];
    private readonly List<Task> _ending = [];
    private Task? _stopped;

    internal RoomRecorder(RecordingJournal journal, RecorderSetup setup) => (_journal, _setup) = (journal, setup);

    public RecordingDocument Document => _journal.Document;

    /// <summary>Nothing is published any more that it could record.</summary>
    internal bool IsEmpty
    {
        get
        {
            lock (_gate) return _publications.Count == 0;
        }
    }

    internal IReadOnlyCollection<PublicationRecorder> Publications
    {
        get
        {
            lock (_gate) return [.. _publications.Values];
        }
    }

    /// <summary>A publication of the room begins, changed or ended. Its loop.</summary>
    internal void Follow(Publication publication)
    {
        PublicationRecorder? recorder;
        lock (_gate)
        {
            if (_stopped is not null) return;
            if (publication.State == PublicationState.Ended)
            {
                if (_publications.Remove(publication, out PublicationRecorder? ended)) _ending.Add(ended.StopAsync());
                return;
            }

            if (!_publications.TryGetValue(publication, out recorder))
                _publications[publication] = recorder = new PublicationRecorder(publication, _setup, _journal);
        }

        recorder.Follow();
    }

    /// <summary>Ends the recording. Completes when all files are finished, as far as the disk allows; idempotent.</summary>
    internal Task StopAsync()
    {
        lock (_gate)
        {
            if (_stopped is not null) return _stopped;
            foreach (PublicationRecorder recorder in _publications.Values) _ending.Add(recorder.StopAsync());
            _publications.Clear();
            return _stopped = FinishAsync([.. _ending]);
        }
    }

    private async Task FinishAsync(Task[] ending)
    {
        try
        {
            await Task.WhenAll(ending);
        }
        finally
        {
            // Files of a disk that was full may be finished by now.
            bool isLeft = _journal.Document.Publications.Any(publication => publication.Segments.Any(segment => !segment.Finished));
            if (isLeft) Recovery.Finish(_journal, note: null);
            _journal.Save(document => document with { State = RecordingState.Finished, EndedAt = _setup.Clock.UtcNow });
        }
    }
}
