using Media.Scheduling;

namespace Rooms;

/// <summary>How many viewers live on each loop: the next one goes where the fewest are. Thread safe.</summary>
public sealed class LoopLoads
{
    private readonly Lock _gate = new();
    private readonly MediaLoop[] _loops;
    private readonly int[] _viewers;

    internal LoopLoads(IReadOnlyList<MediaLoop> loops)
    {
        _loops = [.. loops];
        _viewers = new int[_loops.Length];
    }

    public IReadOnlyList<MediaLoop> Loops => _loops;

    /// <summary>A place for one more viewer, until it is given back.</summary>
    /// <param name="preferred">Of several that have equally few: where what it watches comes from.</param>
    public MediaLoop Take(MediaLoop? preferred)
    {
        lock (_gate)
        {
            int chosen = Math.Max(0, Array.IndexOf(_loops, preferred));
            for (int i = 0; i < _loops.Length; i++)
                if (_viewers[i] < _viewers[chosen]) chosen = i;
            _viewers[chosen]++;
            return _loops[chosen];
        }
    }

    /// <summary>A viewer has left.</summary>
    public void Release(MediaLoop loop)
    {
        lock (_gate) _viewers[Array.IndexOf(_loops, loop)]--;
    }

    public int ViewersOn(MediaLoop loop)
    {
        lock (_gate) return _viewers[Array.IndexOf(_loops, loop)];
    }
}
