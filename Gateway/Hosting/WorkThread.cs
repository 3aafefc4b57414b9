namespace Gateway.Hosting;

/// <summary>A thread of the gateway's own, and how it is asked to end. Started once, ended by <see cref="Dispose"/>.</summary>
internal sealed class WorkThread(string name, Action body, Action stop) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private Thread? _thread;

    public void Start()
    {
        _thread = new Thread(() => body()) { Name = name, IsBackground = true };
        _thread.Start();
    }

    public void Dispose()
    {
        stop();
        _thread?.Join(Patience);
    }
}
