namespace Media.FFmpeg;

/// <summary>Starts the threads that FFmpeg works on: encoding takes milliseconds, which no media loop has.</summary>
internal static class TranscodeThread
{
    /// <param name="onFault">Told why the work ended, if by an exception; on the same thread.</param>
    /// <param name="onEnd">Always called last, on the same thread.</param>
    public static void Start(string name, Action work, Action<string> onFault, Action onEnd)
    {
        var thread = new Thread(() => Run(work, onFault, onEnd)) { Name = name, IsBackground = true };
        thread.Start();
    }

    private static void Run(Action work, Action<string> onFault, Action onEnd)
    {
        try
        {
            work();
        }
#pragma warning disable CA1031 // a fault ends this one transcode, with its reason, and not the process
        catch (Exception e)
#pragma warning restore CA1031
        {
            onFault(e.Message);
        }
        finally
        {
            onEnd();
        }
    }
}
