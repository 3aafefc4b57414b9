namespace TestKit.Sources;

/// <summary>What a source does at its instants.</summary>
internal static class RealTime
{
    public static void SleepUntil(double unixMilliseconds)
    {
        double left = unixMilliseconds - (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;
        if (left > 0) Thread.Sleep(TimeSpan.FromMilliseconds(left));
    }

    /// <summary>A thread that writes into FFmpeg, until FFmpeg has ended; what it said is in its log.</summary>
    public static Thread StartWriter(Action body)
    {
        var thread = new Thread(() =>
        {
            try
            {
                body();
            }
            catch (Exception fault) when (fault is IOException or ObjectDisposedException)
            {
            }
        }) { IsBackground = true, Name = body.Method.Name };
        thread.Start();
        return thread;
    }
}
