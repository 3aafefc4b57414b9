using System.Buffers.Binary;
using Media.Scheduling;
using Protocols.Dtls;
using Protocols.Net;
using Protocols.Rtcp;
using Protocols.Srtp;
using Protocols.WebRtc;
using TestKit;
using TestKit.WebRtc;

namespace Protocols.Tests.WebRtc;

public sealed class WebRtcSessionTests
{
    [Theory]
    [InlineData(SrtpProfile.Aes128CmSha1Tag80)]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.AeadAes256Gcm)]
    public void Media_and_feedback_pass_both_ways_with_every_profile(SrtpProfile profile)
    {
        using var fixture = new SessionFixture(new WebRtcTestPeerOptions { SrtpProfiles = [profile] });
        fixture.Connect();
        fixture.Run(1);

        Assert.True(fixture.SendRtp(1, 1000));
        Assert.True(fixture.Session.SendRtcp(Srtp.SrtpContextTests.Report()));
        fixture.Peer.SendRtp(Srtp.SrtpContextTests.Packet(9, 30));
        fixture.Peer.RequestKeyframe(77);
        fixture.Peer.SendNack(77, 4, 5, 9);
        fixture.Run(1);

        Assert.Equal(profile, fixture.Session.SrtpProfile);
        Assert.Equal(["route 40000", "connected"], fixture.Events);
        Assert.Equal(Srtp.SrtpContextTests.Packet(1, 1000), Assert.Single(fixture.Peer.Received).Packet);
        Assert.Equal(Srtp.SrtpContextTests.Report(), Assert.Single(fixture.Peer.ReceivedRtcp));
        Assert.Equal(Srtp.SrtpContextTests.Packet(9, 30), Assert.Single(fixture.Rtp));
        Assert.Equal([77u], fixture.KeyframeRequests);
        Assert.Equal([4, 5, 9], fixture.Nacked);
    }

    [Fact]
    public void The_handshake_takes_three_round_trips_and_does_not_wait_for_a_nomination()
    {
        using var fixture = new SessionFixture(new WebRtcTestPeerOptions { NeverNominates = true });
        fixture.Connect();

        fixture.Run(0.065);

        // 20 ms each: check, hello, certificates
        Assert.True(fixture.Peer.IsConnected);
        Assert.True(fixture.SendRtp(1, 10));
        fixture.Run(0.02);
        Assert.Single(fixture.Peer.Received);
    }

    [Fact]
    public void No_datagram_is_larger_than_1200_bytes()
    {
        using var fixture = new SessionFixture();
        fixture.Connect();
        fixture.Run(1);

        Assert.True(fixture.SendRtp(1, WebRtcSession.MaxRtpLength - 12));

        Assert.Equal(1200, fixture.LargestDatagram);
        Assert.Throws<ArgumentOutOfRangeException>(() => fixture.SendRtp(2, WebRtcSession.MaxRtpLength));
    }

    [Fact]
    public void Nothing_is_sent_before_the_keys_are_there()
    {
        using var fixture = new SessionFixture();
        Assert.False(fixture.SendRtp(1, 10));
        Assert.False(fixture.Session.SendRtcp(Srtp.SrtpContextTests.Report()));
    }

    [Fact]
    public void A_lossy_jittery_path_connects_all_the_same()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            using var fixture = new SessionFixture(new WebRtcTestPeerOptions { DtlsMtu = 500 }, seed);
            fixture.Network.Loss = 0.25;
            fixture.Network.Jitter = 40 * MonotonicClock.TicksPerMillisecond;
            fixture.Connect();
            fixture.Run(20);
            Assert.True(fixture.Session.State == WebRtcState.Connected && fixture.Peer.IsConnected, $"seed {seed}");
        }
    }

    [Fact]
    public void A_wrong_certificate_closes_the_session()
    {
        using var fixture = new SessionFixture(new WebRtcTestPeerOptions { LiesAboutCertificate = true });
        fixture.Connect();
        fixture.Run(2);

        Assert.Equal(["route 40000", "closed FingerprintMismatch"], fixture.Events);
        Assert.Equal(WebRtcState.Closed, fixture.Session.State);
        Assert.Equal(DtlsCloseReason.PeerAlert, fixture.Peer.Closed);
    }

    [Fact]
    public void Dtls_and_media_from_a_route_without_a_check_are_not_listened_to()
    {
        using var fixture = new SessionFixture();
        fixture.Connect();
        fixture.Run(1);
        var stranger = new Route(SessionFixture.ServerAddress, SessionFixture.ClientAddress.WithPort(1));

        fixture.Session.Receive([22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], stranger, fixture.Network.Now);
        fixture.Session.Receive(Srtp.SrtpContextTests.Packet(1, 30), stranger, fixture.Network.Now);

        Assert.Equal(2, fixture.Session.Counters.UnknownRoute);
    }

    [Fact]
    public void A_peer_whom_a_NAT_has_moved_is_followed_by_its_media()
    {
        using var fixture = new SessionFixture();
        fixture.Connect();
        fixture.Run(1);
        byte[] datagram = CatchReport(fixture);
        var moved = new Route(SessionFixture.ServerAddress, SessionFixture.ClientAddress.WithPort(41_000));
        byte[] forged = [.. datagram[..^1], (byte)~datagram[^1]];

        Assert.False(fixture.Session.TryFollow(forged, moved, fixture.Network.Now));
        Assert.True(fixture.Session.TryFollow(datagram, moved, fixture.Network.Now));

        Assert.Equal("route 41000", fixture.Events[^1]);
        Assert.Equal([77u], fixture.KeyframeRequests);
        Assert.True(fixture.Session.TryGetSendRoute(out Route route));
        Assert.Equal(moved, route);
    }

    [Fact]
    public void A_packet_that_was_seen_or_a_peer_that_was_just_heard_moves_nobody()
    {
        using var fixture = new SessionFixture();
        fixture.Connect();
        fixture.Run(1);
        byte[] datagram = CatchReport(fixture);
        fixture.Session.Receive(datagram, new Route(SessionFixture.ServerAddress, SessionFixture.ClientAddress), fixture.Network.Now);
        var elsewhere = new Route(SessionFixture.ServerAddress, SessionFixture.ClientAddress.WithPort(41_000));
        byte[] fresh = CatchReport(fixture, seconds: 0.01);

        Assert.False(fixture.Session.TryFollow(fresh, elsewhere, fixture.Network.Now));
        fixture.Run(1);
        Assert.False(fixture.Session.TryFollow(datagram, elsewhere, fixture.Network.Now));
        Assert.DoesNotContain("route 41000", fixture.Events);
    }

    [Fact]
    public void A_silent_peer_is_disconnected_after_8_s_and_gone_after_25_s()
    {
        using var fixture = new SessionFixture();
        fixture.Connect();
        fixture.Run(1);
        fixture.Peer.IsSilent = true;

        fixture.Run(9);
        Assert.Equal("disconnected", fixture.Events[^1]);
        Assert.True(fixture.Session.CanSend);
        fixture.Run(17);

        Assert.Equal("closed PeerGone", fixture.Events[^1]);
        Assert.Equal(long.MaxValue, fixture.Session.NextDeadline);
    }

    [Fact]
    public void A_peer_that_comes_back_is_reconnected()
    {
        using var fixture = new SessionFixture();
        fixture.Connect();
        fixture.Run(1);
        fixture.Peer.IsSilent = true;
        fixture.Run(15);
        fixture.Peer.IsSilent = false;
        fixture.Run(5);

        Assert.Equal(["disconnected", "reconnected"], fixture.Events[^2..]);
    }

    [Fact]
    public void A_peer_that_never_comes_closes_the_session_after_25_s()
    {
        using var fixture = new SessionFixture();
        fixture.Run(24.9);
        Assert.Empty(fixture.Events);
        fixture.Run(0.2);
        Assert.Equal(["closed NeverConnected"], fixture.Events);
    }

    [Fact]
    public void A_new_address_of_the_peer_takes_the_media_over()
    {
        using var fixture = new SessionFixture();
        fixture.Connect();
        fixture.Run(1);
        TransportAddress moved = SessionFixture.ClientAddress.WithPort(50_000);
        fixture.Network.Attach(moved, (datagram, _) => fixture.Peer.Receive(datagram.Span, fixture.Network.Now));
        fixture.Network.Detach(SessionFixture.ClientAddress);
        fixture.Network.Lose = (from, datagram) =>
        {
            if (from != SessionFixture.ClientAddress) return false;
            fixture.Network.Send(moved, SessionFixture.ServerAddress, datagram.Span);
            return true;
        };

        fixture.Run(3);
        Assert.True(fixture.SendRtp(1, 10));
        fixture.Run(1);

        Assert.Contains("route 50000", fixture.Events);
        Assert.Single(fixture.Peer.Received);
    }

    [Fact]
    public void A_goodbye_ends_the_session_at_once_on_either_side()
    {
        using var first = new SessionFixture();
        first.Connect();
        first.Run(1);
        first.Peer.Close();
        first.Run(0.1);
        Assert.Equal("closed PeerClosed", first.Events[^1]);

        using var second = new SessionFixture();
        second.Connect();
        second.Run(1);
        second.Session.Close();
        second.Session.Close();
        second.Run(0.1);
        Assert.Equal(DtlsCloseReason.PeerClosed, second.Peer.Closed);
        Assert.Equal(["route 40000", "connected"], second.Events);
        Assert.False(second.SendRtp(1, 10));
    }

    [Fact]
    public void A_replayed_packet_is_counted_and_dropped()
    {
        using var fixture = new SessionFixture();
        fixture.Connect();
        fixture.Run(1);
        fixture.Network.Lose = (from, datagram) =>
        {
            fixture.Network.Lose = null;
            fixture.Network.Send(from, SessionFixture.ServerAddress, datagram.Span);
            return false;
        };
        fixture.Peer.SendRtp(Srtp.SrtpContextTests.Packet(1, 30));
        fixture.Run(1);

        Assert.Single(fixture.Rtp);
        Assert.Equal(1, fixture.Session.Counters.Replayed);
    }

    [Fact]
    public void A_flood_of_garbage_leaves_the_session_alive()
    {
        using var fixture = new SessionFixture();
        fixture.Connect();
        fixture.Run(1);
        var route = new Route(SessionFixture.ServerAddress, SessionFixture.ClientAddress);
        var random = new Random(3);
        for (int i = 0; i < 2000; i++)
        {
            byte[] garbage = new byte[random.Next(0, 100)];
            random.NextBytes(garbage);
            if (garbage.Length > 1 && random.Next(3) == 0) (garbage[0], garbage[1]) = (0x80, 200);
            fixture.Session.Receive(garbage, route, fixture.Network.Now);
        }

        Assert.True(fixture.SendRtp(1, 10));
        fixture.Run(1);
        Assert.Single(fixture.Peer.Received);
        Assert.Equal(WebRtcState.Connected, fixture.Session.State);
    }

    [Fact]
    public void Numbered_packets_are_remembered_for_feedback()
    {
        using var fixture = new SessionFixture();
        fixture.Connect();
        fixture.Run(1);
        for (ushort i = 0; i < 3000; i++) Assert.True(fixture.SendRtp(i, 100, numbered: true));
        fixture.SendRtp(3000, 10);

        SentPacketHistory sent = fixture.Session.Sent!;
        Assert.False(sent.TryGet(900, out _, out _));
        Assert.False(sent.TryGet(3000, out _, out _));
        Assert.True(sent.TryGet(2999, out long sentAt, out int size));
        Assert.Equal(fixture.Network.Now, sentAt);
        Assert.Equal(112 + 16, size);
    }

    [Fact]
    public void Sending_allocates_nothing()
    {
        using var fixture = new SessionFixture();
        fixture.Connect();
        fixture.Run(1);
        fixture.Network.Lose = (_, _) => true;
        byte[] packet = Srtp.SrtpContextTests.Packet(0, 1000);
        long before = 0;
        const int WarmUp = 4096; // the history of what was sent has grown by then
        for (ushort i = 0; i < WarmUp + 100; i++)
        {
            if (i == WarmUp) before = GC.GetAllocatedBytesForCurrentThread();
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), i);
            Span<byte> room = fixture.Session.ReserveRtp(packet.Length);
            packet.CopyTo(room);
            fixture.Session.NextTransportSequenceNumber();
            fixture.Session.CommitRtp(packet.Length, fixture.Network.Now);
        }

        // The simulated network copies each datagram: array header and padding included.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 100 * 1028, 100 * 1060);
    }

    [Fact]
    public void A_received_packet_can_be_kept_without_a_copy_and_others_go_back()
    {
        using var fixture = new SessionFixture();
        fixture.Connect();
        fixture.Run(1);
        fixture.Peer.SendRtp(Srtp.SrtpContextTests.Packet(1, 30));
        fixture.Run(0.1);
        Assert.Equal(0, fixture.Pool.Leased);

        fixture.KeepsPackets = true;
        fixture.Peer.SendRtp(Srtp.SrtpContextTests.Packet(2, 30));
        fixture.Peer.SendRtp(Srtp.SrtpContextTests.Packet(3, 30));
        fixture.Run(0.1);

        Assert.Equal(2, fixture.Pool.Leased);
        Assert.Equal(Srtp.SrtpContextTests.Packet(2, 30), fixture.Kept[0].Array[..42]);
        Assert.Equal(Srtp.SrtpContextTests.Packet(3, 30), fixture.Kept[1].Array[..42]);
        fixture.Kept.ForEach(buffer => buffer.Dispose());
        Assert.Equal(0, fixture.Pool.Leased);
    }

    [Fact]
    public void Receiving_allocates_nothing()
    {
        using var fixture = new SessionFixture();
        fixture.Connect();
        fixture.Run(1);
        var datagrams = new List<byte[]>();
        fixture.Network.Lose = (_, datagram) =>
        {
            datagrams.Add(datagram.ToArray());
            return true;
        };
        for (ushort i = 0; i < 600; i++) fixture.Peer.SendRtp(Srtp.SrtpContextTests.Packet(i, 1000));
        fixture.IgnoresRtp = true;
        var route = new Route(SessionFixture.ServerAddress, SessionFixture.ClientAddress);
        int next = 0;
        AllocationAssert.None(() =>
        {
            for (int end = next + 100; next < end; next++) fixture.Session.Receive(datagrams[next], route, fixture.Network.Now);
        });
        Assert.InRange(fixture.Session.Counters.PacketsReceived, 200, 600);
    }

    [Fact]
    public void The_deadline_is_announced_when_it_becomes_sooner()
    {
        using var fixture = new SessionFixture();
        fixture.Connect();
        fixture.Run(0.035);
        int before = fixture.DeadlineChanges;
        Assert.InRange(before, 1, 3);
        fixture.Run(0.02); // a flight is on its way and would be repeated soon

        Assert.True(fixture.DeadlineChanges > before);
    }

    /// <summary>A protected report that never arrived where it was sent to.</summary>
    private static byte[] CatchReport(SessionFixture fixture, double seconds = 1)
    {
        byte[] caught = [];
        fixture.Network.Lose = (from, datagram) =>
        {
            if (from != SessionFixture.ClientAddress || datagram.Span[0] < 128) return false;
            caught = datagram.ToArray();
            return true;
        };
        fixture.Peer.RequestKeyframe(77);
        fixture.Run(seconds);
        fixture.Network.Lose = null;
        return caught;
    }
}
