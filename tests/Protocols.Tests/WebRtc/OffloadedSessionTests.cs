using Protocols.Dtls;
using Protocols.Srtp;
using TestKit;

namespace Protocols.Tests.WebRtc;

public sealed class OffloadedSessionTests
{
    [Fact]
    public void A_handshake_on_a_worker_connects_and_says_goodbye()
    {
        var loop = new TestLoop();
        using var worker = new DtlsWorker(fault => throw new InvalidOperationException("Fault on the worker", fault));
        using var fixture = new SessionFixture();
        fixture.Session.Close();
        fixture.Session = fixture.NewSession(new DtlsOffload(worker, loop.Loop));
        fixture.Connect();
        Work(fixture, worker, loop, steps: 300);

        Assert.Equal(["route 40000", "connected"], fixture.Events);
        Assert.True(fixture.SendRtp(1, 10));
        fixture.Session.Close();
        Work(fixture, worker, loop, steps: 50);

        Assert.Single(fixture.Peer.Received);
        Assert.Equal(DtlsCloseReason.PeerClosed, fixture.Peer.Closed);
    }

    [Fact]
    public void A_peer_may_send_what_a_handshake_takes_and_little_more()
    {
        var loop = new TestLoop();
        using var worker = new DtlsWorker(_ => { });
        using var fixture = new SessionFixture();
        fixture.Session.Close();
        fixture.Session = fixture.NewSession(new DtlsOffload(worker, loop.Loop));
        fixture.Connect();
        fixture.Run(0.02);
        var route = new Protocols.Net.Route(SessionFixture.ServerAddress, SessionFixture.ClientAddress);
        while (worker.RunOnce()) loop.Run();
        int done = 0;
        for (int i = 0; i < 100; i++)
        {
            fixture.Session.Receive(Record, route, fixture.Network.Now);
            while (worker.RunOnce()) done++;
        }

        Assert.InRange(done, 50, 64);
        fixture.Session.Receive([22, 0xFE, 0xFD, 0], route, fixture.Network.Now + TimeSpan.TicksPerMinute);
        Assert.False(worker.RunOnce()); // not even a record
        fixture.Session.Receive(Record, route, fixture.Network.Now + TimeSpan.TicksPerMinute);
        Assert.True(worker.RunOnce());
        fixture.Session.Close();
        while (worker.RunOnce()) loop.Run();
        loop.Run();
    }

    [Fact]
    public void A_session_with_a_pile_of_datagrams_is_not_served_before_another_with_one()
    {
        var loop = new TestLoop();
        using var worker = new DtlsWorker(fault => throw new InvalidOperationException("Fault on the worker", fault));
        using var fixture = new SessionFixture();
        var events = new ClosedListener();
        var offload = new DtlsOffload(worker, loop.Loop);
        using var flooding = new OffloadedDtlsTransport(offload, fixture.Context, DtlsRole.Server, fixture.Peer.Fingerprint, new ClosedListener());
        using var quiet = new OffloadedDtlsTransport(offload, fixture.Context, DtlsRole.Server, fixture.Peer.Fingerprint, events);
        for (int i = 0; i < 100; i++) flooding.Receive(Record, 0);
        quiet.Close();
        Assert.Equal(100 - DtlsJobs.MaxWaiting, worker.Dropped + flooding.Refused);
        worker.RunOnce();
        worker.RunOnce();
        loop.Run();
        Assert.Equal(DtlsCloseReason.Local, events.Closed);
    }

    [Fact]
    public void A_worker_thread_runs_until_it_is_stopped()
    {
        using var worker = new DtlsWorker(_ => { });
        var thread = new Thread(worker.Run);
        thread.Start();
        worker.Stop();
        Assert.True(thread.Join(TimeSpan.FromSeconds(5)));
    }

    private static readonly byte[] Record = [22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];

    private static void Work(SessionFixture fixture, DtlsWorker worker, TestLoop loop, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            fixture.Run(0.001);
            loop.AdvanceMilliseconds(1);
            while (worker.RunOnce()) loop.Run();
        }
    }

    private sealed class ClosedListener : IDtlsListener
    {
        public DtlsCloseReason? Closed { get; private set; }

        public void OnDtlsDatagram(ReadOnlySpan<byte> datagram)
        {
        }

        public void OnDtlsConnected(SrtpKeyMaterial keys, long now)
        {
        }

        public void OnDtlsClosed(DtlsCloseReason reason, string? detail) => Closed = reason;

        public void OnDtlsDeadlineChanged()
        {
        }
    }
}
