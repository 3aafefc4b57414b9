using System.Buffers.Binary;
using Media.Scheduling;
using Protocols.Dtls;
using Protocols.Srtp;

namespace Protocols.Tests.Dtls;

public sealed class DtlsTransportTests
{
    [Theory]
    [InlineData(SrtpProfile.Aes128CmSha1Tag80)]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.AeadAes256Gcm)]
    public void A_handshake_gives_both_sides_keys_of_the_offered_profile(SrtpProfile profile)
    {
        using var pair = new DtlsPair(new DtlsOptions { SrtpProfiles = [profile] });

        pair.Run();

        Assert.True(pair.IsConnected);
        Assert.Equal(profile, pair.Server.Keys!.Profile);
        AssertMediaPasses(pair.Server.Keys, pair.Client.Keys!);
        AssertMediaPasses(pair.Client.Keys!, pair.Server.Keys);
    }

    [Theory]
    [InlineData(DtlsRole.Client)]
    [InlineData(DtlsRole.Server)]
    public void A_transport_that_was_disposed_before_it_began_stays_silent(DtlsRole role)
    {
        using var pair = new DtlsPair();
        DtlsTransport transport = (role == DtlsRole.Client ? pair.Client : pair.Server).Transport;
        transport.Dispose();
        transport.Start(now: 0);
        transport.Receive(new byte[100], now: 0);
        transport.Close();

        Assert.Equal(DtlsState.Closed, transport.State);
    }

    [Fact]
    public void The_server_prefers_gcm_128_whatever_the_order_of_the_offer()
    {
        SrtpProfile[] asChromium = [SrtpProfile.Aes128CmSha1Tag80, SrtpProfile.AeadAes256Gcm, SrtpProfile.AeadAes128Gcm];
        using var pair = new DtlsPair(new DtlsOptions { SrtpProfiles = asChromium });

        pair.Run();

        Assert.Equal(SrtpProfile.AeadAes128Gcm, pair.Server.Keys!.Profile);
    }

    [Fact]
    public void No_datagram_is_larger_than_1200_bytes_and_all_are_whole_records()
    {
        using var pair = new DtlsPair();
        pair.Lose = (_, _, datagram) =>
        {
            Assert.InRange(datagram.Length, 1, 1200);
            ReadOnlySpan<byte> rest = datagram;
            while (DtlsRecord.TryParse(rest, out DtlsRecord record)) rest = rest[record.Bytes.Length..];
            Assert.True(rest.IsEmpty);
            return false;
        };

        pair.Run();

        Assert.True(pair.IsConnected);
    }

    [Fact]
    public void A_client_hello_in_two_datagrams_is_reassembled()
    {
        using var pair = new DtlsPair();
        pair.Lose = (role, count, datagram) =>
        {
            if (role != DtlsRole.Client) return false;
            if (count == 0)
            {
                pair.Server.Transport.Receive(HelloFragment(datagram, 0, 100), pair.Now);
                Assert.Empty(pair.Server.Sent);
                pair.Server.Transport.Receive(HelloFragment(datagram, 100, datagram.Length - 25 - 100), pair.Now);
                return true;
            }

            for (int i = 0; i < datagram.Length; i += 13 + (datagram[i + 11] << 8) + datagram[i + 12])
                if (datagram[i + 4] == 0) datagram[i + 10] += 10; // not a replay of the fragments
            return false;
        };

        pair.Run(0);

        Assert.True(pair.IsConnected);
    }

    [Fact]
    public void Flights_in_many_small_datagrams_are_reassembled()
    {
        using var pair = new DtlsPair(new DtlsOptions { Mtu = 256 });

        pair.Run(0);

        Assert.InRange(pair.FromClient, 4, 20);
        Assert.True(pair.IsConnected);
    }

    [Theory]
    [InlineData(DtlsRole.Client, 0)] // ClientHello
    [InlineData(DtlsRole.Server, 0)] // ServerHello ... ServerHelloDone
    [InlineData(DtlsRole.Client, 1)] // Certificate ... Finished
    [InlineData(DtlsRole.Server, 1)] // ChangeCipherSpec, Finished
    public void A_lost_flight_is_sent_again_after_60_ms(DtlsRole sender, int index)
    {
        using var pair = new DtlsPair();
        pair.Lose = (role, count, _) => role == sender && count == index;

        pair.Run(59 * MonotonicClock.TicksPerMillisecond);
        Assert.False(pair.IsConnected);

        pair.Run(MonotonicClock.TicksPerMillisecond);
        Assert.True(pair.IsConnected);
    }

    [Fact]
    public void Retransmission_slows_down_and_the_handshake_is_given_up()
    {
        using var pair = new DtlsPair();
        pair.Lose = (role, _, _) => role == DtlsRole.Client;

        pair.Run(31 * MonotonicClock.TicksPerSecond);

        Assert.InRange(pair.FromClient, 8, 30);
        Assert.Equal(DtlsCloseReason.HandshakeTimeout, pair.Client.Closed);
        Assert.Equal(DtlsCloseReason.HandshakeTimeout, pair.Server.Closed);
    }

    [Fact]
    public void Random_loss_of_every_third_datagram_only_delays_the_handshake()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            using var pair = new DtlsPair(new DtlsOptions { Mtu = 400 });
            pair.Lose = (_, _, _) => random.Next(3) == 0;

            pair.Run(25 * MonotonicClock.TicksPerSecond);

            Assert.True(pair.IsConnected, $"seed {seed}");
        }
    }

    [Fact]
    public void A_stale_client_hello_before_the_last_flight_in_one_datagram_does_not_stall()
    {
        using var pair = new DtlsPair();
        byte[]? hello = null;
        bool joined = false;
        pair.Lose = (role, count, datagram) =>
        {
            if (role == DtlsRole.Client && count == 0) hello = datagram;
            if (role != DtlsRole.Client || count != 1) return false;
            pair.Server.Transport.Receive([.. hello!, .. datagram], pair.Now);
            return joined = true;
        };

        pair.Run(MonotonicClock.TicksPerMillisecond);

        Assert.True(joined);
        Assert.True(pair.IsConnected);
    }

    [Fact]
    public void A_client_with_another_certificate_than_announced_is_refused()
    {
        using var pair = new DtlsPair(expectedClient: DtlsPeer.SecondCertificate.Fingerprint);

        pair.Run();

        Assert.Equal(DtlsCloseReason.FingerprintMismatch, pair.Server.Closed);
        Assert.Null(pair.Server.Keys);
        Assert.Equal(DtlsCloseReason.PeerAlert, pair.Client.Closed);
    }

    [Fact]
    public void A_server_with_another_certificate_than_announced_is_refused()
    {
        using var pair = new DtlsPair(expectedServer: DtlsPeer.FirstCertificate.Fingerprint);

        pair.Run();

        Assert.Equal(DtlsCloseReason.FingerprintMismatch, pair.Client.Closed);
        Assert.Equal(DtlsCloseReason.PeerAlert, pair.Server.Closed);
        Assert.Contains("certificate", pair.Server.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(DtlsRole.Client)]
    [InlineData(DtlsRole.Server)]
    public void A_close_is_heard_on_the_other_side(DtlsRole closer)
    {
        using var pair = new DtlsPair();
        pair.Run();
        (DtlsPeer first, DtlsPeer second) = closer == DtlsRole.Client ? (pair.Client, pair.Server) : (pair.Server, pair.Client);

        first.Transport.Close();
        first.Transport.Close();
        pair.Run();

        Assert.Equal(DtlsCloseReason.Local, first.Closed);
        Assert.Equal(DtlsCloseReason.PeerClosed, second.Closed);
    }

    [Fact]
    public void Garbage_during_and_after_the_handshake_changes_nothing()
    {
        using var pair = new DtlsPair();
        var random = new Random(4);
        byte[] garbage = new byte[200];
        void Flood()
        {
            for (int i = 0; i < 500; i++)
            {
                random.NextBytes(garbage);
                garbage[0] = (byte)random.Next(20, 64);
                garbage[1] = 0xFE;
                garbage[2] = 0xFD;
                garbage[11] = 0;
                garbage[12] = (byte)random.Next(0, 187);
                if (garbage[0] is not DtlsRecord.Alert) pair.Server.Transport.Receive(garbage, pair.Now);
            }
        }

        pair.Lose = (role, count, _) =>
        {
            if (role == DtlsRole.Client && count == 1) Flood();
            return false;
        };
        pair.Run();
        Flood();
        pair.Run();

        Assert.True(pair.IsConnected);
        Assert.Null(pair.Server.Closed);
    }

    [Fact]
    public void A_repeated_last_flight_is_answered_once_per_burst()
    {
        using var pair = new DtlsPair();
        byte[]? last = null;
        pair.Lose = (role, count, datagram) =>
        {
            if (role == DtlsRole.Client && count == 1) last = datagram;
            return false;
        };
        pair.Run();
        Assert.True(pair.IsConnected);

        pair.Server.Transport.Receive(last, pair.Now);
        pair.Server.Transport.Receive(last, pair.Now);

        Assert.Single(pair.Server.Sent);
    }

    [Fact]
    public void A_missing_library_is_told_in_a_sentence()
    {
        Assert.Equal("WebRTC off: libssl 3 missing", DtlsContext.Probe("libssl.so.99", OpenSsl.CryptoLibrary));
        Assert.Null(DtlsContext.Unavailable);
    }

    /// <summary>RFC 6347 §4.2.2: type, length 3, message number 2, fragment offset 3, fragment length 3.</summary>
    private static byte[] HelloFragment(byte[] datagram, int offset, int length)
    {
        byte[] fragment = [.. datagram[..25], .. datagram.AsSpan(25 + offset, length)];
        fragment[10] = (byte)(offset / 50);
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(11), (ushort)(12 + length));
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(20), (ushort)offset);
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(23), (ushort)length);
        return fragment;
    }

    private static void AssertMediaPasses(SrtpKeyMaterial from, SrtpKeyMaterial to)
    {
        using SrtpContext sender = from.CreateSender();
        using SrtpContext receiver = to.CreateReceiver();
        byte[] packet = Srtp.SrtpContextTests.Packet(1, 100);
        byte[] buffer = new byte[200];
        Assert.Equal(SrtpResult.Ok, sender.Protect(packet, buffer, out int length));
        Assert.Equal(SrtpResult.Ok, receiver.Unprotect(buffer.AsSpan(0, length), buffer, out length));
        Assert.Equal(packet, buffer[..length]);
    }
}
