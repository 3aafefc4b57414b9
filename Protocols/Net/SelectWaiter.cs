using System.Net;
using System.Net.Sockets;
using Media.Scheduling;

namespace Protocols.Net;

/// <summary>Sleeps in select, for systems other than Linux. A datagram to itself is its wake-up.</summary>
public sealed class SelectWaiter : NetworkWaiter
{
    // Longer ones are slept in pieces: the argument is a 32-bit number of microseconds.
    private const int MaxMicroseconds = 1_000_000_000;

    private readonly MonotonicClock _clock;
    private readonly Socket _wake = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly SocketAddress _wakeAddress;
    private readonly List<UdpEndpoint> _endpoints = [];
    private readonly byte[] _drain = new byte[16];
    private int _isWoken;
    private int _isDisposed;

    public SelectWaiter(MonotonicClock clock)
    {
        _clock = clock;
        _wake.Blocking = false;
        _wake.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _wakeAddress = _wake.LocalEndPoint!.Serialize();
    }

    public override void Add(UdpEndpoint endpoint) => _endpoints.Add(endpoint);

    public override void Remove(UdpEndpoint endpoint) => _endpoints.Remove(endpoint);

    public override void Wait(long until)
    {
        var readable = new List<Socket> { _wake };
        var writable = new List<Socket>();
        foreach (UdpEndpoint endpoint in _endpoints)
        {
            readable.AddRange(SocketsOf(endpoint));
            if (endpoint.IsBlocked) writable.AddRange(SocketsOf(endpoint));
        }

        Socket.Select(readable, writable.Count > 0 ? writable : null, null, MicrosecondsTo(until));
        if (readable.Remove(_wake)) DrainWake();
        if (readable.Count == 0) return;
        long now = _clock.Now;
        // One may go meanwhile; who is passed over by that is looked at in the next turn.
        for (int i = 0; i < _endpoints.Count; i++) _endpoints[i].Receive(now);
    }

    public override void Wake()
    {
        if (Interlocked.Exchange(ref _isWoken, 1) != 0 || Volatile.Read(ref _isDisposed) != 0) return;
        try
        {
            _wake.SendTo([1], SocketFlags.None, _wakeAddress);
        }
        catch (SocketException)
        {
            // Its buffer is full of wake-ups already.
        }
    }

    public override void Flush()
    {
        foreach (UdpEndpoint endpoint in _endpoints) endpoint.Flush();
    }

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0 && disposing) _wake.Dispose();
    }

    private static IReadOnlyList<Socket> SocketsOf(UdpEndpoint endpoint) => ((PortableUdpSocket)endpoint.Socket).Sockets;

    private int MicrosecondsTo(long until)
    {
        if (until == long.MaxValue) return MaxMicroseconds;
        long left = Math.Max(0, until - _clock.Now);
        // .NET's select cuts to milliseconds where the system's call is poll; waking early would only spin.
        const long Tick = MonotonicClock.TicksPerMillisecond;
        return (int)Math.Min(MaxMicroseconds, (left + Tick - 1) / Tick * 1000);
    }

    private void DrainWake()
    {
        while (_wake.Available > 0)
        {
            if (_wake.Receive(_drain, SocketFlags.None, out SocketError error) < 0 || error != SocketError.Success) break;
        }

        Volatile.Write(ref _isWoken, 0);
    }
}
