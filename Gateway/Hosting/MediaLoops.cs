using Gateway.Options;
using Media.Scheduling;

namespace Gateway.Hosting;

/// <summary>The media loops and the threads that they run on.</summary>
internal sealed partial class MediaLoops : IDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly List<Thread> _threads = [];
    private readonly List<IWaiter> _waiters = [];
    private readonly ILogger<MediaLoops> _logger;

    public MediaLoops(GatewayOptions options, MonotonicClock clock, ILogger<MediaLoops> logger)
    {
        _logger = logger;
        int count = options.WebRtc.Loops > 0 ? options.WebRtc.Loops : Environment.ProcessorCount;
        for (int i = 0; i < count; i++) _waiters.Add(new SignalWaiter(clock));
        All = [.. _waiters.Select((waiter, index) => new MediaLoop(index, clock, waiter, LogFault))];
    }

    public IReadOnlyList<MediaLoop> All { get; }

    public void Start()
    {
        foreach (MediaLoop loop in All)
        {
            var thread = new Thread(loop.Run) { Name = $"media loop {loop.Index}", IsBackground = true };
            _threads.Add(thread);
            thread.Start();
        }
    }

    public void Dispose()
    {
        foreach (MediaLoop loop in All) loop.Stop();
        foreach (Thread thread in _threads) thread.Join(StopPatience);
        foreach (IWaiter waiter in _waiters) waiter.Dispose();
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Error, Message = "A fault on a media loop")]
    private partial void LogFault(Exception fault);
}
