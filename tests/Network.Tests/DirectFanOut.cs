using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using TestKit.WebRtc;

namespace Network.Tests;

/// <summary>A packet as one receiver got it.</summary>
/// <param name="Time">Ticks of the test peers' clock.</param>
internal readonly record struct Arrival(int Number, long Time);

/// <summary>What the gateway is measured against: the same datagrams to as many sockets, each read by a thread of its own.</summary>
internal sealed class DirectFanOut : IDisposable
{
    private const int PollMicroseconds = 2000;

    private readonly Socket _sender = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket[] _receivers;
    private readonly Thread[] _threads;
    private readonly UdpTestPeer _clock;
    private volatile bool _stopping;

    public DirectFanOut(int receivers, UdpTestPeer clock)
    {
        _clock = clock;
        _receivers = [.. Enumerable.Range(0, receivers).Select(_ => Bind())];
        _threads = [.. _receivers.Select(socket => new Thread(() => Run(socket)) { IsBackground = true, Name = "direct receiver" })];
        foreach (Thread thread in _threads) thread.Start();
    }

    public ConcurrentQueue<Arrival> Arrivals { get; } = new();

    /// <returns>When it was sent.</returns>
    public long Send(int number, int length)
    {
        byte[] datagram = new byte[length];
        BinaryPrimitives.WriteInt32BigEndian(datagram, number);
        long at = _clock.Now;
        foreach (Socket receiver in _receivers) _sender.SendTo(datagram, receiver.LocalEndPoint!);
        return at;
    }

    public void Dispose()
    {
        _stopping = true;
        foreach (Thread thread in _threads) thread.Join();
        foreach (Socket socket in _receivers) socket.Dispose();
        _sender.Dispose();
    }

    private static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private void Run(Socket socket)
    {
        byte[] buffer = new byte[2048];
        while (!_stopping)
        {
            if (!socket.Poll(PollMicroseconds, SelectMode.SelectRead)) continue;
            socket.Receive(buffer);
            Arrivals.Enqueue(new Arrival(BinaryPrimitives.ReadInt32BigEndian(buffer), _clock.Now));
        }
    }
}
