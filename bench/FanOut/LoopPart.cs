using Media.Buffers;
using Media.Scheduling;
using Protocols.Net;
using Protocols.WebRtc;

namespace Bench.FanOut;

/// <summary>A media loop with its thread, its socket and its table of sessions, as the gateway's host puts them together.</summary>
internal sealed class LoopPart : IDisposable
{
    private readonly NetworkWaiter _waiter;
    private readonly Thread _thread;

    private LoopPart(MediaLoop loop, NetworkWaiter waiter, UdpEndpoint endpoint, SessionTable sessions)
    {
        _waiter = waiter;
        _thread = new Thread(loop.Run) { IsBackground = true, Name = $"media loop {loop.Index}" };
        Loop = loop;
        Endpoint = endpoint;
        Sessions = sessions;
        Gate = new Gate(loop, endpoint);
        Transport = new LoopTransport(Gate, sessions);
        waiter.Add(endpoint);
    }

    public MediaLoop Loop { get; }

    public UdpEndpoint Endpoint { get; }

    public SessionTable Sessions { get; }

    public Gate Gate { get; }

    public LoopTransport Transport { get; }

    public static LoopPart[] Open(int count, MonotonicClock clock)
    {
        SessionTable[] tables = [.. Enumerable.Range(0, count).Select(index => new SessionTable(index))];
        IReadOnlyList<UdpEndpoint> endpoints = UdpEndpoint.OpenAll(0, tables);
        NetworkWaiter[] waiters = [.. tables.Select(_ => NetworkWaiter.Create(clock))];
        MediaLoop[] loops =
        [
            .. waiters.Select((waiter, index) => new MediaLoop(index, clock, waiter, fault => Environment.FailFast("A fault on a loop", fault))),
        ];
        SessionTable.Connect(tables, loops, BufferPool.Shared);
        return [.. loops.Select((loop, index) => new LoopPart(loop, waiters[index], endpoints[index], tables[index]))];
    }

    public void Start() => _thread.Start();

    public void Dispose()
    {
        Loop.Stop();
        _thread.Join();
        _waiter.Dispose();
        Endpoint.Dispose();
    }
}
