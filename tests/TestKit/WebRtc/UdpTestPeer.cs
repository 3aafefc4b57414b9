using System.Net;
using System.Net.Sockets;
using Media.Scheduling;

namespace TestKit.WebRtc;

/// <summary>
/// Drives a <see cref="WebRtcTestPeer"/> over a real socket on a thread of its own. The socket is connected, so nothing
/// but what comes from exactly that candidate is heard. Whoever touches the peer does it through <see cref="Do"/>.
/// </summary>
public sealed class UdpTestPeer : IDisposable
{
    private const int PollMicroseconds = 2000;

    private readonly List<Socket> _left = [];
    private volatile Socket _socket;
    private readonly Thread _thread;
    private readonly MonotonicClock _clock = new(TimeProvider.System);
    private readonly Lock _lock = new();
    private readonly WebRtcTestPeer _peer;
    private volatile bool _stopping;

    public UdpTestPeer(WebRtcTestPeer peer, RemotePeer remote, IPEndPoint candidate, Socket? socket = null)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        _peer = peer;
        _socket = socket ?? new Socket(candidate.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.ReceiveBufferSize = 4 << 20;
        _socket.Connect(candidate);
        Candidate = candidate;
        Do(p => p.Connect(remote, Send, _clock.Now));
        _thread = new Thread(Run) { IsBackground = true, Name = "WebRTC test peer" };
        _thread.Start();
    }

    public IPEndPoint Candidate { get; }

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>The clock that all times of the peer are of.</summary>
    public long Now => _clock.Now;

    public void Do(Action<WebRtcTestPeer> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        lock (_lock) action(_peer);
    }

    public T Get<T>(Func<WebRtcTestPeer, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        lock (_lock) return read(_peer);
    }

    /// <summary>Waits until something is so; false if it is not in time.</summary>
    public async Task<bool> WaitAsync(Func<WebRtcTestPeer, bool> condition, TimeSpan timeout, CancellationToken cancellation = default)
    {
        long end = Now + timeout.Ticks;
        while (!Get(condition))
        {
            if (Now >= end) return false;
            await Task.Delay(5, cancellation);
        }

        return true;
    }

    /// <summary>Goes on from another port, as behind a NAT that forgot, or with another network.</summary>
    public void Rebind()
    {
        var socket = new Socket(Candidate.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        socket.Connect(Candidate);
        lock (_lock)
        {
            _left.Add(_socket); // open, and deaf
            _socket = socket;
        }
    }

    public void Dispose()
    {
        if (_stopping) return;
        _stopping = true;
        _thread.Join();
        _socket.Dispose();
        foreach (Socket socket in _left) socket.Dispose();
        _peer.Dispose();
    }

    private void Send(ReadOnlySpan<byte> datagram)
    {
        try
        {
            _socket.Send(datagram);
        }
        catch (SocketException)
        {
            // An ICMP error of an earlier datagram, or no route: both are like a loss.
        }
    }

    private void Run()
    {
        byte[] buffer = new byte[2048];
        while (!_stopping)
        {
            try
            {
                Socket socket = _socket;
                bool readable = socket.Poll(PollMicroseconds, SelectMode.SelectRead);
                for (int i = 0; readable && i < 64; i++)
                {
                    int length = socket.Receive(buffer);
                    lock (_lock) _peer.Receive(buffer.AsSpan(0, length), _clock.Now);
                    readable = socket.Available > 0;
                }
            }
            catch (SocketException)
            {
                // ICMP: port unreachable. The gateway may come yet.
            }

            lock (_lock)
                if (_clock.Now >= _peer.NextDeadline) _peer.Advance(_clock.Now);
        }
    }
}
