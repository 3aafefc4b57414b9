using System.Runtime.InteropServices;

namespace TestKit.Measuring;

/// <summary>
/// What the calling thread has used of a processor, user and kernel together: unlike elapsed time it says the same on a
/// busy machine.
/// </summary>
public static partial class ThreadCpuTime
{
    private const int ThreadClock = 3; // CLOCK_THREAD_CPUTIME_ID

    public static double Microseconds
    {
        get
        {
            if (GetTime(ThreadClock, out TimeSpec time) != 0) throw new InvalidOperationException("The system has no clock for threads.");
            return (time.Seconds * 1e6) + (time.Nanoseconds / 1e3);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    private readonly struct TimeSpec
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
