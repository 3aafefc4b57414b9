using Gateway.Hosting;

namespace Gateway.Playback;

/// <summary>The thread that the files of one playback are read on: a slow disk holds up nobody else.</summary>
internal sealed class ReadingThread
{
    private readonly object _gate = new(); // not a Lock: waited on
    private readonly Func<bool> _work;
    private readonly Action<Exception> _onFault;
    private bool _isWanted;

    private ReadingThread(Func<bool> work, Action<Exception> onFault) => (_work, _onFault) = (work, onFault);

    /// <param name="work">Done whenever it was asked for; false = it was the last time.</param>
    /// <param name="onFault">Told of an exception: a bug, which ends this thread only.</param>
    /// <returns>Asks for the work. Any thread.</returns>
    public static Action Start(string name, Func<bool> work, Action<Exception> onFault)
    {
        var reading = new ReadingThread(work, onFault);
        new WorkThread(name, reading.Run, () => { }).Start();
        return reading.Wake;
    }

    private void Wake()
    {
        lock (_gate)
        {
            _isWanted = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        try
        {
            do Wait();
            while (_work());
        }
#pragma warning disable CA1031 // a bug in the reading of one file must not end the program
        catch (Exception e)
#pragma warning restore CA1031
        {
            _onFault(e);
        }
    }

    private void Wait()
    {
        lock (_gate)
        {
            while (!_isWanted) Monitor.Wait(_gate);
            _isWanted = false;
        }
    }
}
