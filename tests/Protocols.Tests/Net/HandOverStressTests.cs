using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Media.Buffers;
using Media.Scheduling;
using Protocols.Net;
using Protocols.Stun;

namespace Protocols.Tests.Net;

/// <summary>Two loops on their own threads and sockets, and so many peers that the kernel gives each loop many of the other's.</summary>
public sealed class HandOverStressTests : IDisposable
{
    private const int Peers = 200;
    private const int Rounds = 40;

    private readonly ConcurrentQueue<Exception> _faults = new();
    private readonly SessionTable[] _tables = [new(0), new(1)];
    private readonly IReadOnlyList<UdpEndpoint> _endpoints;
    private readonly NetworkWaiter[] _waiters;
    private readonly MediaLoop[] _loops;
    private readonly Thread[] _threads;
    private readonly Socket[] _peers;

    public HandOverStressTests()
    {
        var clock = new MonotonicClock(TimeProvider.System);
        _endpoints = UdpEndpoint.OpenAll(0, _tables);
        _waiters = [.. _endpoints.Select(_ => NetworkWaiter.Create(clock))];
        for (int i = 0; i < _waiters.Length; i++) _waiters[i].Add(_endpoints[i]);
        _loops = [.. _waiters.Select((waiter, index) => new MediaLoop(index, clock, waiter, _faults.Enqueue))];
        SessionTable.Connect(_tables, _loops, new BufferPool());
        _threads = [.. _loops.Select(loop => new Thread(loop.Run) { IsBackground = true })];
        _peers = [.. Enumerable.Range(0, Peers).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 })];
        foreach (Socket peer in _peers) peer.Connect(IPAddress.Loopback, _endpoints[0].Port);
    }

    [Fact]
    public async Task Each_peer_is_heard_and_answered_by_the_loop_of_its_session_whichever_socket_hears_it()
    {
        var sessions = new Session[Peers];
        for (int i = 0; i < Peers; i++)
        {
            int loop = i % 2;
            sessions[i] = new Session(_tables[loop], _endpoints[loop]);
            Assert.True(_tables[loop].TryAdd(FragmentOf(i), sessions[i]));
        }

        foreach (Thread thread in _threads) thread.Start();
        byte[] answer = new byte[400];
        for (int i = 0; i < Peers; i++) _peers[i].Send(CheckOf(i));
        foreach (Socket peer in _peers) Assert.True(peer.Receive(answer) > 4);
        // The loops that hear know the owners when what was posted has run.
        foreach (MediaLoop loop in _loops) await loop.InvokeAsync(static () => { });
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < Peers; i++) _peers[i].Send(MediaOf(i, round));
            for (int i = 0; i < Peers; i++) Assert.Equal(MediaOf(i, round), answer[.._peers[i].Receive(answer)]);
        }

        Assert.All(sessions, session => Assert.Equal(1 + Rounds, session.Count));
        Assert.All(_tables, table => Assert.True(table.Statistics.HandedOver > Rounds, "the kernel spreads them"));
        Assert.All(_tables, table => Assert.Equal((0, 0), (table.Statistics.HandOverDropped, table.Statistics.UnknownFragment)));
        Assert.Empty(_faults);
    }

    public void Dispose()
    {
        foreach (MediaLoop loop in _loops) loop.Stop();
        foreach (Thread thread in _threads) thread.Join();
        foreach (Socket peer in _peers) peer.Dispose();
        foreach (NetworkWaiter waiter in _waiters) waiter.Dispose();
        foreach (UdpEndpoint endpoint in _endpoints) endpoint.Dispose();
    }

    private static string FragmentOf(int peer) => $"{(peer % 2 == 0 ? 'A' : 'B')}peer{peer:D4}";

    private static byte[] CheckOf(int peer)
    {
        byte[] buffer = new byte[300];
        int length = StunWriter.WriteBindingRequest(buffer, new byte[12], FragmentOf(peer) + ":peer", "password", 1, false);
        return buffer[..length];
    }

    private static byte[] MediaOf(int peer, int round)
    {
        byte[] datagram = new byte[100 + peer];
        datagram[0] = 0x80;
        BinaryPrimitives.WriteInt32BigEndian(datagram.AsSpan(1), peer);
        BinaryPrimitives.WriteInt32BigEndian(datagram.AsSpan(5), round);
        return datagram;
    }

    /// <summary>Validates the route of each check, and sends back what it gets.</summary>
    private sealed class Session(SessionTable table, UdpEndpoint endpoint) : IDatagramSession
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Receive(ReadOnlySpan<byte> datagram, in Route route, long now)
        {
            Volatile.Write(ref _count, _count + 1);
            if (StunMessage.LooksLikeStun(datagram)) table.AddRoute(route, this);
            endpoint.TrySend(route, datagram);
        }
    }
}
