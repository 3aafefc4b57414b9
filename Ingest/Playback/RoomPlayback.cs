using Media.Containers;
using Media.Scheduling;
using Rooms;
using Rooms.Publishing;

namespace Ingest.Playback;

/// <summary>What became of the start of a playback.</summary>
/// <param name="Failure">Why the files can't be played; null = they can.</param>
/// <param name="Refusal">Why a publication was refused, whose name is <paramref name="Publication"/>.</param>
public readonly record struct PlaybackStart(string? Failure, PublishRefusal? Refusal = null, string? Publication = null);

/// <summary>
/// Files played into a room as live publications, at the pace of their decode times. What goes out has the times of the clock by
/// which it is played, so that it goes on continuously over pauses, seeking and loops, and all publications stay in
/// sync. Lives on one loop; the files are read on a thread of their own.
/// </summary>
public sealed class RoomPlayback
{
    /// <summary>The entrance's name on publications.</summary>
    public const string Entrance = "playback";

    /// <summary>Frames that come later from the disk than this make everything wait.</summary>
    private const long Patience = 200 * MonotonicClock.TicksPerMillisecond;

    // What files with broken clocks may cost the loop: 3,200 frames a second
    private const int MostFramesAtOnce = 64;
    private const long RestAfterThem = 20 * MonotonicClock.TicksPerMillisecond;

    private readonly RoomRegistry _registry;
    private readonly PlaybackMetrics _metrics;
    private readonly PlaybackReader _reader;
    private readonly PlaybackOutput[] _outputs;
    private readonly LoopTimer _timer;
    private readonly Action _wakeReader;
    private readonly TaskCompletionSource<PlaybackStart> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PlaybackState _state = PlaybackState.Starting;
    private string? _reason;
    private bool _isPlaced;    // _shift is known
    private long _clockZero;   // monotonic time of the publications' zero
    private long _shift;       // from the playback's time to that of the publications, in ticks of 100 ns
    private long _pausedAt;
    private long _position;
    private long _outputEnd;
    private long _stalls;

    /// <param name="loop">Where it lives.</param>
    /// <param name="open">Chooses a reader by the content of a file.</param>
    /// <param name="startReading">
    /// Starts the reading thread with its work, and gives back what wakes it: then the work is done, once for any number of calls.
    /// The thread ends when the work says false.
    /// </param>
    public RoomPlayback(
        PlaybackRequest request, MediaLoop loop, RoomRegistry registry, PlaybackMetrics metrics, Func<Stream, IMediaFileReader> open,
        Func<Func<bool>, Action> startReading)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(startReading);
        (Request, Loop, _registry, _metrics) = (request, loop, registry, metrics);
        _outputs = [.. request.Parts.Select(part => new PlaybackOutput(part.Publication, OnRemoved))];
        _reader = new PlaybackReader(request, open, () => Loop.Post(OnNews));
        _timer = loop.CreateTimer(OnTimer);
        _wakeReader = startReading(_reader.Fill);
    }

    public PlaybackRequest Request { get; }

    public MediaLoop Loop { get; }

    /// <summary>Completes when the first frames are there and the publications have their places, or when that failed.</summary>
    public Task<PlaybackStart> Started => _started.Task;

    /// <summary>Completes at its end; the reading thread's last work is asked for by then.</summary>
    public Task Ended => _ended.Task;

    public bool IsOver => _state is PlaybackState.Finished or PlaybackState.Stopped or PlaybackState.Failed;

    /// <summary>Begins to read. Any thread.</summary>
    public void Start() => _wakeReader();

    /// <summary>Loop thread.</summary>
    public PlaybackSnapshot Describe() => new(
        _state, TimeSpan.FromTicks(Math.Max(0, _position)), TimeSpan.FromTicks(Math.Max(0, _reader.Duration)), _reader.Loops, _reason, _reader.Notes, _stalls);

    /// <summary>Nothing more goes out until it is resumed. Loop thread, as the following.</summary>
    public void Pause()
    {
        if (_state != PlaybackState.Playing) return;
        _pausedAt = Loop.Now;
        _timer.Cancel();
        Become(PlaybackState.Paused);
    }

    public void Resume()
    {
        if (_state != PlaybackState.Paused) return;
        // What was due goes on from here: the publications' time has gone on meanwhile.
        if (_isPlaced) _shift += WholeMilliseconds(Loop.Now - _pausedAt);
        Become(PlaybackState.Playing);
        Continue();
    }

    /// <summary>Goes to the last keyframe at or before a position; viewers see it at once, or when it is resumed.</summary>
    public void Seek(TimeSpan position)
    {
        if (IsOver || _state == PlaybackState.Starting) return;
        _isPlaced = false;
        _timer.Cancel();
        _reader.Seek(position.Ticks);
        _position = position.Ticks;
        _wakeReader();
        Raise(RoomEvent.PlaybackChanged, "seek");
    }

    public bool Loops
    {
        get => _reader.Loops;
        set => _reader.Loops = value;
    }

    /// <summary>Ends it: its publications end at once.</summary>
    public void Stop(string reason) => End(PlaybackState.Stopped, reason, CloseReason.Left);

    /// <summary>Ends it for a fault that is not the file's.</summary>
    public void Fail(string reason) => End(PlaybackState.Failed, reason, CloseReason.SourceFailed);

    private void OnNews()
    {
        if (IsOver) return;
        if (_state == PlaybackState.Starting && !TryBegin()) return;
        if (_state == PlaybackState.Playing) Continue();
    }

    // The publications are opened when it is known that there is something to play.
    private bool TryBegin()
    {
        if (!_reader.TryGetPosition(out _)) return false;
        if (_reader.HasNothing)
        {
            End(PlaybackState.Failed, _reader.Fault ?? "there is nothing in it", CloseReason.SourceFailed);
            return false;
        }

        _clockZero = Loop.Now;
        foreach (PlaybackOutput output in _outputs)
        {
            if (output.Publish(Request, _registry) is not { } refusal) continue;
            _started.TrySetResult(new PlaybackStart(null, refusal, output.Name));
            End(PlaybackState.Failed, $"the publication '{output.Name}' was refused", CloseReason.Left);
            return false;
        }

        _state = PlaybackState.Playing;
        _metrics.Started();
        Raise(RoomEvent.PlaybackStarted, string.Join(", ", Request.Parts.SelectMany(part => part.Items).Select(item => item.Name).Take(3)));
        _started.TrySetResult(default);
        return true;
    }

    private void Continue()
    {
        if (!_isPlaced && !TryPlace()) return;
        OnTimer(Loop.Now);
    }

    /// <summary>What comes next begins now, behind everything that was played.</summary>
    private bool TryPlace()
    {
        if (!_reader.TryGetPosition(out long position)) return false;
        _shift = Math.Max(WholeMilliseconds(Loop.Now - _clockZero), WholeMilliseconds(_outputEnd)) - position;
        _position = position;
        return _isPlaced = true;
    }

    private void OnTimer(long now)
    {
        if (_state != PlaybackState.Playing || !_isPlaced) return;
        int written = 0;
        bool isLow = false;
        long next = long.MaxValue;
        for (int i = 0; i < _outputs.Length; i++)
        {
            while (_reader.TryPeek(i, out PlaybackFrame frame))
            {
                long due = _clockZero + frame.Time + _shift;
                if (now - due > Patience && written == 0) due = Stall(now - due, due);
                if (due > now || written >= MostFramesAtOnce)
                {
                    next = Math.Min(next, Math.Max(due, written >= MostFramesAtOnce ? now + RestAfterThem : due));
                    break;
                }

                isLow |= _reader.Take(i);
                Write(_outputs[i], frame);
                written++;
            }
        }

        if (isLow) _wakeReader();
        if (next != long.MaxValue) _timer.Set(next);
        else if (_reader.IsAtEnd) Finish(now);
        // Else the reader tells of what it has.
    }

    private void Write(PlaybackOutput output, in PlaybackFrame frame)
    {
        output.Write(frame.Frame, frame.Shift + _shift);
        _metrics.Played(frame.Frame.Format.Kind, frame.Frame.Length);
        frame.Frame.Release();
        _position = frame.Position;
        _outputEnd = Math.Max(_outputEnd, frame.End + _shift);
    }

    // The disk was too slow: all wait alike, and stay in sync.
    private long Stall(long late, long due)
    {
        long shift = WholeMilliseconds(late);
        _shift += shift;
        _stalls++;
        _metrics.Stalled();
        return due + shift;
    }

    private void Finish(long now)
    {
        long end = _clockZero + _outputEnd;
        if (now < end)
        {
            _timer.Set(end);
            return;
        }

        if (_reader.Fault is { } fault) End(PlaybackState.Failed, fault, CloseReason.SourceFailed);
        else End(PlaybackState.Finished, "all was played", CloseReason.Finished);
    }

    private void OnRemoved(PlaybackOutput output, CloseReason reason) => Loop.Post(() =>
    {
        output.Forget();
        if (IsOver || Array.Exists(_outputs, other => other.IsLive)) return;
        End(PlaybackState.Stopped, reason switch
        {
            CloseReason.Replaced => "another playback took its place",
            CloseReason.ShuttingDown => "the gateway is stopping",
            _ => $"its publication was ended: {reason.Name()}",
        }, reason);
    });

    private void End(PlaybackState state, string reason, CloseReason closeReason)
    {
        if (IsOver) return;
        bool wasStarted = _state != PlaybackState.Starting;
        (_state, _reason) = (state, reason);
        _timer.Cancel();
        _reader.Stop();
        _wakeReader();
        foreach (PlaybackOutput output in _outputs) output.End(_registry, closeReason);
        if (wasStarted) _metrics.Ended(state);
        else _metrics.Refused();
        if (wasStarted) Raise(RoomEvent.PlaybackEnded, reason);
        _started.TrySetResult(new PlaybackStart(reason));
        _ended.TrySetResult();
    }

    private void Become(PlaybackState state)
    {
        _state = state;
        Raise(RoomEvent.PlaybackChanged, state == PlaybackState.Paused ? "paused" : "playing");
    }

    private void Raise(string type, string detail) => _registry.Events.Raise(new RoomEvent(
        type, Loop.Clock.UtcNow, Request.Room, Request.Parts.Length == 1 ? Request.Parts[0].Publication : null, Request.Id, detail));

    // By whole milliseconds all usual clock rates shift by the same time; upwards, so that nothing goes back.
    private static long WholeMilliseconds(long ticks) =>
        (ticks + MonotonicClock.TicksPerMillisecond - 1) / MonotonicClock.TicksPerMillisecond * MonotonicClock.TicksPerMillisecond;
}
