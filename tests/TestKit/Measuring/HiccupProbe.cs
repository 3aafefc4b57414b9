using System.Diagnostics;

namespace TestKit.Measuring;

/// <summary>
/// A thread that sleeps 1 ms again and again and keeps how much too late it woke: what the machine itself does to any
/// program. A round in which its 99th percentile is above half of the limit that is tested, or above 5 ms, proves nothing.
/// </summary>
public sealed class HiccupProbe : IDisposable
{
    private readonly List<double> _lateness = [];
    private readonly Thread _thread;
    private volatile bool _stopping;

    public HiccupProbe()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "hiccup probe", Priority = ThreadPriority.Normal };
        _thread.Start();
    }

    /// <summary>Milliseconds that 99 of 100 wake-ups were at most too late. Ends the probe.</summary>
    public double P99
    {
        get
        {
            Dispose();
            return Statistics.Percentile(_lateness, 99);
        }
    }

    public static double Threshold(double limitMilliseconds) => Math.Min(limitMilliseconds / 2, 5);

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
    }

    private void Run()
    {
        while (!_stopping)
        {
            long before = Stopwatch.GetTimestamp();
            Thread.Sleep(1);
            _lateness.Add(Math.Max(0, Stopwatch.GetElapsedTime(before).TotalMilliseconds - 1));
        }
    }
}
