using System.Runtime.InteropServices;

namespace Bench.Shared;

/// <summary>What the calling thread has used of a processor, user and kernel together.</summary>
internal static partial class ThreadClock
{
    private const int ThreadTime = 3; // CLOCK_THREAD_CPUTIME_ID

    public static double Microseconds
    {
        get
        {
            if (GetTime(ThreadTime, out TimeSpec time) != 0) throw new InvalidOperationException("The system has no clock for threads.");
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
