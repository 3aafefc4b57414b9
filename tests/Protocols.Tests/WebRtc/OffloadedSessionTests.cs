using Media.Scheduling;
using Protocols.Dtls;
using Protocols.WebRtc;
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
    public void A_full_queue_refuses_datagrams_and_takes_the_rest()
    {
        var loop = new TestLoop();
        using var worker = new DtlsWorker(_ => { });
        using var fixture = new SessionFixture();
        fixture.Session.Close();
        fixture.Session = fixture.NewSession(new DtlsOffload(worker, loop.Loop));
        fixture.Connect();
        fixture.Run(0.02);
        var route = new Protocols.Net.Route(SessionFixture.ServerAddress, SessionFixture.ClientAddress);
        for (int i = 0; i < 2000; i++) fixture.Session.Receive([22, 0xFE, 0xFD, 0], route, fixture.Network.Now);

        Assert.InRange(worker.Dropped, 900, 1100);
        fixture.Session.Close();
        while (worker.RunOnce()) loop.Run();
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

    private static void Work(SessionFixture fixture, DtlsWorker worker, TestLoop loop, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            fixture.Run(0.001);
            loop.AdvanceMilliseconds(1);
            while (worker.RunOnce()) loop.Run();
        }
    }
}
