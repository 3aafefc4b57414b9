using Media.Scheduling;
using Protocols.Net;

namespace Gateway.Hosting;

/// <summary>The media loops and the threads that they run on.</summary>
internal sealed partial class MediaLoops : IDisposable
{
    private readonly List<WorkThread> _threads = [];
    private readonly ILogger<MediaLoops> _logger;

    public MediaLoops(MediaNetwork network, MonotonicClock clock, ILogger<MediaLoops> logger)
    {
        _logger = logger;
        All = [.. network.Waiters.Select((waiter, index) => new MediaLoop(index, clock, waiter, LogFault))];
        network.Connect(All);
        foreach (MediaLoop loop in All) _threads.Add(new WorkThread($"media loop {loop.Index}", () => Run(loop), loop.Stop));
    }

    public IReadOnlyList<MediaLoop> All { get; }

    public void Start()
    {
        foreach (WorkThread thread in _threads) thread.Start();
    }

    private static void Run(MediaLoop loop)
    {
        MediaThread.TryPrefer();
        loop.Run();
    }

    public void Dispose()
    {
        foreach (WorkThread thread in _threads) thread.Dispose();
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Error, Message = "A fault on a media loop")]
    private partial void LogFault(Exception fault);
}
