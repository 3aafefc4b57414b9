using System.Collections.Immutable;
using Media.Containers;

namespace Ingest.Playback;

/// <summary>
/// Reads the files of a playback ahead, on a thread of its own that a slow disk may hold up: <see cref="Fill"/> is that thread's
/// work, everything else is for the playback's loop.
/// </summary>
internal sealed class PlaybackReader
{
    /// <summary>A round that is shorter does not begin again before this.</summary>
    private const long ShortestRound = 100 * TimeSpan.TicksPerMillisecond;

    private readonly Lock _gate = new();
    private readonly PartReader[] _parts;
    private readonly ReadAhead[] _queues;
    private readonly HashSet<string> _notes = [];
    private readonly Action _onNews;
    private long _wanted = -1; // position to go to; -1 = none
    private long _origin;      // the playback's time at which the round's position 0 lies
    private long _roundStart;
    private long _roundEnd;
    private bool _hasFrames; // in this round
    private bool _isPositioned;
    private bool _isOver;
    private volatile bool _loops;
    private volatile bool _isStopped;

    /// <param name="onNews">There is something new to take. Called by <see cref="Fill"/>.</param>
    public PlaybackReader(PlaybackRequest request, Func<Stream, IMediaFileReader> open, Action onNews)
    {
        _onNews = onNews;
        _loops = request.Loop;
        _wanted = Math.Max(0, request.Start.Ticks);
        _parts = [.. request.Parts.Select(part => new PartReader(part, open, Note))];
        _queues = [.. request.Parts.Select(_ => new ReadAhead())];
    }

    public bool Loops
    {
        get => _loops;
        set => _loops = value;
    }

    /// <summary>Longest of all parts, in ticks of 100 ns.</summary>
    public long Duration { get; private set; }

    /// <summary>What is not played, and why.</summary>
    public ImmutableArray<string> Notes
    {
        get
        {
            lock (_gate) return [.. _notes];
        }
    }

    /// <summary>Everything was read and taken.</summary>
    public bool IsAtEnd
    {
        get
        {
            lock (_gate) return _isOver && _isPositioned && Array.TrueForAll(_queues, queue => queue.IsEmpty);
        }
    }

    /// <summary>Why a file was left out, or ended before its end; null = none was.</summary>
    public string? Fault { get; private set; }

    /// <summary>Not one frame was found anywhere yet.</summary>
    public bool HasNothing { get; private set; } = true;

    /// <summary>Goes elsewhere; what was read ahead is dropped.</summary>
    public void Seek(long position)
    {
        lock (_gate)
        {
            _wanted = Math.Max(0, position);
            _isPositioned = false;
            foreach (ReadAhead queue in _queues) queue.Clear();
        }
    }

    /// <summary>Where it goes on from: the earliest keyframe of all parts at or before the wanted position. False: not known yet.</summary>
    public bool TryGetPosition(out long position)
    {
        lock (_gate)
        {
            position = _roundStart;
            return _isPositioned;
        }
    }

    /// <summary>A part's next frame, which stays there until it is taken.</summary>
    public bool TryPeek(int part, out PlaybackFrame frame)
    {
        lock (_gate) return _queues[part].TryPeek(out frame);
    }

    /// <summary>Takes the part's next frame out; the reference is the caller's. True: it is time to <see cref="Fill"/>.</summary>
    public bool Take(int part)
    {
        lock (_gate)
        {
            _queues[part].Take();
            return !_isOver && _queues[part].RunsLow;
        }
    }

    /// <summary>Reads until all is full or read. The reading thread. False: it was stopped, and this was the last work.</summary>
    public bool Fill()
    {
        bool isNews = false;
        while (!_isStopped)
        {
            if (TakeWanted() is >= 0 and var wanted)
            {
                Position(wanted);
                isNews = true;
            }

            bool any = false;
            for (int i = 0; i < _parts.Length && !_isStopped; i++) any |= ReadOne(i, ref isNews);
            if (!any && !TryBeginAgain(ref isNews) && !IsWanted()) break;
        }

        if (_isStopped)
        {
            foreach (PartReader part in _parts) part.Dispose();
            lock (_gate)
                foreach (ReadAhead queue in _queues) queue.Clear();
            return false;
        }

        if (isNews) _onNews();
        return true;
    }

    /// <summary>Nothing is read any more; the next <see cref="Fill"/> closes the files.</summary>
    public void Stop()
    {
        _isStopped = true;
        lock (_gate)
            foreach (ReadAhead queue in _queues) queue.Clear();
    }

    private long TakeWanted()
    {
        lock (_gate)
        {
            long wanted = _wanted;
            _wanted = -1;
            return wanted;
        }
    }

    private bool IsWanted()
    {
        lock (_gate) return _wanted >= 0;
    }

    private void Position(long wanted)
    {
        var first = new PlaybackFrame?[_parts.Length];
        for (int i = 0; i < _parts.Length; i++)
            if (_parts[i].Seek(wanted, isRepeated: false) && _parts[i].TryRead(out PlaybackFrame frame)) first[i] = frame;
        long earliest = first.Min(frame => frame?.Time) ?? long.MaxValue;
        Duration = Math.Max(Duration, _parts.Max(part => part.Duration));
        lock (_gate)
        {
            Fault ??= Array.Find(_parts, part => part.Fault is not null)?.Fault;
            _origin = 0;
            // From the very start on there is nothing to wait for; within a gap there is.
            _roundStart = earliest == long.MaxValue || (wanted > 0 && wanted < earliest) ? wanted : earliest;
            _roundEnd = _roundStart;
            _isOver = _hasFrames = false;
            _isPositioned = _wanted < 0;
            for (int i = 0; i < _parts.Length; i++)
            {
                _queues[i].Clear();
                _queues[i].IsComplete = first[i] is null;
                if (first[i] is { } frame) Add(i, frame);
            }
        }
    }

    private bool ReadOne(int index, ref bool isNews)
    {
        lock (_gate)
            if (_queues[index].IsComplete || !_queues[index].HasRoom) return false;
        bool any = _parts[index].TryRead(out PlaybackFrame frame);
        lock (_gate)
        {
            bool wasEmpty = _queues[index].IsEmpty;
            if (!any) _queues[index].IsComplete = true;
            else if (_wanted >= 0 || _isStopped) frame.Frame.Release(); // of where nobody is any more
            else Add(index, frame.Later(_origin));
            isNews |= wasEmpty;
        }

        return true;
    }

    private void Add(int index, in PlaybackFrame frame)
    {
        _queues[index].Add(frame);
        _hasFrames = true;
        HasNothing = false;
        _roundEnd = Math.Max(_roundEnd, frame.End);
    }

    /// <summary>All parts have come to their end: they begin again, or are over.</summary>
    private bool TryBeginAgain(ref bool isNews)
    {
        lock (_gate)
        {
            if (_wanted >= 0 || !Array.TrueForAll(_queues, queue => queue.IsComplete)) return false;
            isNews = true;
            Duration = Math.Max(Duration, _roundEnd - _origin);
            Fault ??= Array.Find(_parts, part => part.Fault is not null)?.Fault;
            // What is broken is not played again and again.
            if (!_loops || !_hasFrames || Fault is not null)
            {
                _isOver = true;
                return false;
            }
        }

        bool[] begun = [.. _parts.Select(part => part.Seek(0, isRepeated: true))];
        lock (_gate)
        {
            // The first round began with the earliest frame of all, or where somebody wanted; the next ones begin at 0.
            _origin = Math.Max(_roundEnd, _origin + _roundStart + ShortestRound);
            _roundStart = 0;
            _roundEnd = _origin;
            _hasFrames = false;
            for (int i = 0; i < _queues.Length; i++) _queues[i].IsComplete = !begun[i];
        }

        return true;
    }

    private void Note(string text)
    {
        const int most = 50;
        lock (_gate)
            if (_notes.Count < most) _notes.Add(text);
    }
}
