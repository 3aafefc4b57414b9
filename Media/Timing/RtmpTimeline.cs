using Media.Scheduling;

namespace Media.Timing;

/// <summary>
/// Extends the 32-bit millisecond timestamps of one RTMP publication to 64 bits: the one place that knows about
/// roll-over. Encoders wrap at 2^24, 2^31 or 2^32; they restart at zero or jump by minutes. A jump opens a new
/// <em>epoch</em>, a new offset between their clock and ours, which both media enter one after the other, so that audio
/// and video are always shifted by the same amount. Not thread safe: one per connection.
/// </summary>
public sealed class RtmpTimeline
{
    /// <summary>A step forward beyond this is a jump, unless as much time has really passed.</summary>
    private const long MaxStep = 3_000;

    /// <summary>A medium that goes back further than this has restarted; less is jitter of the encoder.</summary>
    private const long MaxStepBack = 100;

    /// <summary>Where the timeline starts if the encoder's does not start near zero: leaves room for the other medium.</summary>
    private const long FirstTime = 1_000;

    private const long LongestUsualStep = 100;

    /// <summary>How far around a roll-over two timestamps may lie to be taken as neighbours.</summary>
    private const long MaxStepOverRollOver = 30_000;

    private static readonly long[] RollOvers = [1L << 32, 1L << 31, 1L << 24];

    private readonly MediumState[] _media = [new(MediaKind.Audio), new(MediaKind.Video)];
    private Epoch? _newest;
    private long _lastArrival;

    /// <summary>How often the encoder's clock jumped or restarted.</summary>
    public int Jumps { get; private set; }

    /// <summary>Milliseconds since the start of the publication's timeline; never less than before for one medium.</summary>
    /// <param name="now">Monotonic ticks: a pause that really happened is no jump.</param>
    public long Extend(MediaKind kind, uint timestamp, long now)
    {
        MediumState medium = _media[(int)kind];
        long elapsed = _newest is null ? 0 : (now - _lastArrival) / MonotonicClock.TicksPerMillisecond;
        _lastArrival = now;
        Epoch epoch = Choose(medium, timestamp, MaxStep + Math.Max(0, elapsed)) ?? Begin(timestamp);
        long time = epoch.Enter(timestamp, kind);
        if (medium.Epoch == epoch && time > medium.Time) medium.Step = Math.Min(LongestUsualStep, time - medium.Time);
        medium.Epoch = epoch;
        medium.Time = Math.Max(medium.Time, time);
        return medium.Time;
    }

    // While only one medium has jumped, the other may go on in the old epoch: the nearer of the two is its own. And a
    // medium that jumped alone may come back to the epoch that the other never left.
    private Epoch? Choose(MediumState medium, uint timestamp, long maxStep)
    {
        MediumState other = _media[medium.Kind == MediaKind.Audio ? (int)MediaKind.Video : (int)MediaKind.Audio];
        long own = Distance(medium.Epoch, medium, timestamp, maxStep);
        long newest = Distance(_newest, medium, timestamp, maxStep);
        if (own != long.MaxValue && own <= newest) return medium.Epoch;
        if (newest != long.MaxValue) return _newest;
        return Distance(other.Epoch, medium, timestamp, maxStep) == long.MaxValue ? null : other.Epoch;
    }

    private static long Distance(Epoch? epoch, MediumState medium, uint timestamp, long maxStep)
    {
        if (epoch is null) return long.MaxValue;
        long fromAny = Math.Abs(Step(epoch.Last, timestamp));
        if (medium.Epoch != epoch) return fromAny <= maxStep ? fromAny : long.MaxValue;
        long fromOwn = Step(epoch.LastOf(medium.Kind), timestamp);
        bool continues = fromOwn >= -MaxStepBack && (fromOwn <= maxStep || fromAny <= maxStep);
        return continues ? Math.Min(Math.Abs(fromOwn), fromAny) : long.MaxValue;
    }

    private Epoch Begin(uint timestamp)
    {
        if (_newest is null) return _newest = new Epoch(timestamp, Math.Min(timestamp, FirstTime));
        Jumps++;
        long time = Math.Max(_media[0].Next, _media[1].Next);
        return _newest = new Epoch(timestamp, time);
    }

    /// <summary>The signed way from one timestamp to another, by the roll-over that makes it shortest.</summary>
    private static long Step(uint from, uint to)
    {
        long shortest = (int)(to - from);
        foreach (long size in RollOvers)
        {
            if (from >= size || to >= size) break;
            long step = (((long)to - from) % size + size) % size;
            if (step >= size / 2) step -= size;
            if (Math.Abs(step) <= MaxStepOverRollOver) return step;
        }

        return shortest;
    }

    private sealed class MediumState(MediaKind kind)
    {
        internal readonly MediaKind Kind = kind;
        internal Epoch? Epoch;
        internal long Time = long.MinValue;
        internal long Step = 20;

        internal long Next => Time == long.MinValue ? 0 : Time + Step;
    }

    /// <summary>One offset between the encoder's clock and ours, followed step by step, so that it never drifts.</summary>
    private sealed class Epoch(uint first, long time)
    {
        private readonly uint[] _lastOf = [first, first];
        private long _time = time;

        internal uint Last { get; private set; } = first;

        internal uint LastOf(MediaKind kind) => _lastOf[(int)kind];

        internal long Enter(uint timestamp, MediaKind kind)
        {
            _time += Step(Last, timestamp);
            Last = timestamp;
            _lastOf[(int)kind] = timestamp;
            return _time;
        }
    }
}
