using System.Collections.Concurrent;

namespace Media.Scheduling;

/// <summary>
/// The single thread that sessions and publications live on: a queue of posted work, deadlines, what is put off to the
/// end of the turn, and one flush. <see cref="Run"/> is that thread's body; tests call <see cref="Turn"/> themselves and
/// step the clock.
/// </summary>
public sealed class MediaLoop
{
    /// <summary>Work taken from the queue in one turn before I/O and deadlines are looked at again.</summary>
    private const int WorkPerTurn = 256;

    /// <summary>And the time after which no more of it is begun.</summary>
    private const long TimePerTurn = MonotonicClock.TicksPerMillisecond;

    private readonly IWaiter _waiter;
    private readonly ConcurrentQueue<LoopWork> _queue = new();
    private readonly PriorityQueue<LoopTimer, long> _timers = new();
    private readonly Queue<Action> _ending = new();
    private readonly Action<Exception> _onFault;
    private bool _isInTurn;
    private long _stoppedTime = long.MinValue;
    private volatile bool _stopping;
    private int _threadId = -1;

    /// <param name="index">Which loop this is; the first character of an ICE ufrag names it.</param>
    /// <param name="onFault">Told of exceptions of posted work and timers: bugs, logged and survived.</param>
    public MediaLoop(int index, MonotonicClock clock, IWaiter waiter, Action<Exception> onFault)
    {
        Index = index;
        Clock = clock;
        _waiter = waiter;
        _onFault = onFault;
    }

    public int Index { get; }

    public MonotonicClock Clock { get; }

    /// <summary>
    /// The clock's time. While work of the turn's end runs it stands still, but for <see cref="LetTimePass"/>: asking the
    /// clock for each of a thousand viewers' packets costs more than it tells.
    /// </summary>
    public long Now => _stoppedTime != long.MinValue && IsOnLoop ? _stoppedTime : Clock.Now;

    public bool IsOnLoop => Environment.CurrentManagedThreadId == _threadId;

    /// <summary>Queues work for the loop's thread. Any thread.</summary>
    public void Post(Action<object?> callback, object? state)
    {
        _queue.Enqueue(new LoopWork(callback, state));
        _waiter.Wake();
    }

    public void Post(Action callback) => Post(static state => ((Action)state!)(), callback);

    /// <summary>Runs <paramref name="work"/> on the loop and hands its value back. Any thread, the loop's own included.</summary>
    public Task<T> InvokeAsync<T>(Func<T> work)
    {
        if (IsOnLoop) return Task.FromResult(work());
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                completion.SetResult(work());
            }
#pragma warning disable CA1031 // the fault belongs to the caller, whatever it is
            catch (Exception e)
#pragma warning restore CA1031
            {
                completion.SetException(e);
            }
        });
        return completion.Task;
    }

    public Task InvokeAsync(Action work) => InvokeAsync(() =>
    {
        work();
        return true;
    });

    /// <summary>
    /// Puts work off to the end of this turn, behind everything that came in with it, so that it is done once for all;
    /// where no turn runs, it is done at once. On the loop only.
    /// </summary>
    public void AtEndOfTurn(Action work)
    {
        if (_isInTurn) _ending.Enqueue(work);
        else work();
    }

    /// <summary>Work of the turn's end says that a moment of it is over.</summary>
    public void LetTimePass()
    {
        if (_stoppedTime != long.MinValue) _stoppedTime = Clock.Now;
    }

    /// <summary>Makes a timer; it does nothing until it is set.</summary>
    public LoopTimer CreateTimer(Action<long> callback) => new(this, callback);

    /// <summary>The body of the loop's thread.</summary>
    public void Run()
    {
        _threadId = Environment.CurrentManagedThreadId;
        while (!_stopping) Turn();
        _waiter.Flush();
    }

    /// <summary>One turn: wait for I/O or a deadline, run due timers and posted work, then what was put off, flush.</summary>
    public void Turn()
    {
        if (_threadId == -1) _threadId = Environment.CurrentManagedThreadId;
        _isInTurn = true;
        Guard(static loop => loop._waiter.Wait(loop._queue.IsEmpty ? loop.NextDeadline() : 0));
        RunTimers();
        RunQueued();
        RunEnding();
        _isInTurn = false;
        Guard(static loop => loop._waiter.Flush());
    }

    public void Stop()
    {
        _stopping = true;
        _waiter.Wake();
    }

    internal void Enqueue(LoopTimer timer, long deadline) => _timers.Enqueue(timer, deadline);

    private long NextDeadline()
    {
        // A cancelled or moved timer leaves its old entry behind; it is dropped when it comes to the top.
        while (_timers.TryPeek(out LoopTimer? timer, out long deadline))
        {
            if (timer.Deadline == deadline) return deadline;
            _timers.Dequeue();
        }

        return long.MaxValue;
    }

    private void RunTimers()
    {
        long now = Now;
        while (_timers.TryPeek(out LoopTimer? timer, out long deadline) && deadline <= now)
        {
            _timers.Dequeue();
            if (timer.Deadline != deadline) continue;
            Guard(static pair => pair.timer.Fire(pair.now), (timer, now));
        }
    }

    // What it puts off in turn belongs to this turn, too.
    private void RunEnding()
    {
        if (_ending.Count == 0) return;
        _stoppedTime = Clock.Now;
        while (_ending.TryDequeue(out Action? work)) Guard(work);
        _stoppedTime = long.MinValue;
    }

    private void Guard(Action work) => Guard(static action => action(), work);

    // Many viewers that join at once are a second of work: media must not wait behind it.
    private void RunQueued()
    {
        if (_queue.IsEmpty) return;
        long end = Clock.Now + TimePerTurn;
        for (int i = 0; i < WorkPerTurn && _queue.TryDequeue(out LoopWork work); i++)
        {
            RunWork(work);
            if (Clock.Now >= end) return;
        }
    }

    private void RunWork(LoopWork work) => Guard(static w => w.Callback(w.State), work);

    private void Guard(Action<MediaLoop> action) => Guard(action, this);

    private void Guard<T>(Action<T> action, T state)
    {
        try
        {
            action(state);
        }
#pragma warning disable CA1031 // one session's bug must not end the loop that all others live on
        catch (Exception e)
#pragma warning restore CA1031
        {
            _onFault(e);
        }
    }

    private readonly record struct LoopWork(Action<object?> Callback, object? State);
}
