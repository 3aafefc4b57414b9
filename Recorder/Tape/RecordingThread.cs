namespace Recorder.Tape;

/// <summary>
/// The thread on which one publication goes to the disk: it works at a steady pace, so that frames are written in batches,
/// and may be held up by the disk without anybody else noticing.
/// </summary>
internal sealed class RecordingThread
{
    private readonly object _gate = new(); // not a Lock: waited on
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isStopping;

    /// <param name="work">Called every <paramref name="pace"/>.</param>
    /// <param name="end">Called once, as the last.</param>
    public RecordingThread(string name, TimeSpan pace, Action work, Action end)
    {
        new Thread(() => Run(pace, work, end)) { Name = name, IsBackground = true }.Start();
    }

    /// <summary>Completes when the last has been done.</summary>
    public Task Ended => _ended.Task;

    public void Stop()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run(TimeSpan pace, Action work, Action end)
    {
        try
        {
            while (!IsStopping(pace)) work();
            end();
            _ended.SetResult();
        }
#pragma warning disable CA1031 // a fault ends this recording, never the program
        catch (Exception e)
#pragma warning restore CA1031
        {
            _ended.SetException(e);
        }
    }

    private bool IsStopping(TimeSpan pace)
    {
        lock (_gate)
        {
            if (!_isStopping) Monitor.Wait(_gate, pace);
            return _isStopping;
        }
    }
}
