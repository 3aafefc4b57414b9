using System.Buffers.Binary;
using Protocols.Rtcp;
using Protocols.Srtp;
using TestKit;

namespace Protocols.Tests.Srtp;

public sealed class SrtpContextTests
{
    private const uint Ssrc = 0xCAFEBABE;

    public static TheoryData<SrtpProfile> Profiles { get; } =
        [SrtpProfile.Aes128CmSha1Tag80, SrtpProfile.AeadAes128Gcm, SrtpProfile.AeadAes256Gcm];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void What_is_protected_in_place_comes_out_again(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        foreach (int payload in (int[])[0, 1, 15, 16, 17, 160, 1100, 3000])
        {
            byte[] plain = Packet((ushort)(100 + payload), payload);
            byte[] buffer = new byte[plain.Length + 16];
            plain.CopyTo(buffer, 0);

            Assert.Equal(SrtpResult.Ok, pair.Sender.Protect(buffer.AsSpan(0, plain.Length), buffer, out int length));
            Assert.Equal(plain.Length + pair.Sender.RtpOverhead, length);
            Assert.Equal(SrtpResult.Ok, pair.Receiver.Unprotect(buffer.AsSpan(0, length), buffer, out length));
            Assert.Equal(plain, buffer[..length]);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Header_extensions_are_authenticated_but_readable(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        byte[] plain = PacketWithExtension(7);

        byte[] sealedPacket = pair.Seal(plain);

        Assert.Equal(plain[..20], sealedPacket[..20]);
        Assert.NotEqual(plain[20..], sealedPacket[20..plain.Length]);
        Assert.Equal(plain, pair.Open(sealedPacket));
        byte[] changed = pair.Seal(PacketWithExtension(8));
        changed[17] ^= 1;
        Assert.Equal(SrtpResult.AuthenticationFailed, pair.Receiver.Unprotect(changed, new byte[100], out _));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_replayed_packet_is_dropped(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        byte[] first = pair.Seal(Packet(1, 50));
        byte[] second = pair.Seal(Packet(2, 50));
        pair.Open(second);
        pair.Open(first);

        Assert.Equal(SrtpResult.Replayed, pair.Receiver.Unprotect(first, new byte[100], out _));
        Assert.Equal(SrtpResult.Replayed, pair.Receiver.Unprotect(second, new byte[100], out _));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_changed_byte_anywhere_is_noticed(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        byte[] sealedPacket = pair.Seal(Packet(1, 20));
        byte[] destination = new byte[100];
        for (int i = 0; i < sealedPacket.Length; i++)
        {
            sealedPacket[i] ^= 0x40;
            Assert.NotEqual(SrtpResult.Ok, pair.Receiver.Unprotect(sealedPacket, destination, out _));
            sealedPacket[i] ^= 0x40;
        }

        Assert.Equal(SrtpResult.Ok, pair.Receiver.Unprotect(sealedPacket, destination, out _));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void The_roll_over_counter_survives_loss_and_reordering_around_the_wrap(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        var random = new Random(7);
        var inFlight = new List<byte[]>();
        int opened = 0;
        for (int i = 0; i < 200_000; i += random.Next(1, 900))
        {
            inFlight.Add(pair.Seal(Packet((ushort)i, 10)));
            if (random.Next(3) == 0) continue;
            byte[] packet = inFlight[random.Next(inFlight.Count)];
            inFlight.Remove(packet);
            if (random.Next(10) == 0) continue;
            Assert.NotEqual(SrtpResult.AuthenticationFailed, pair.Receiver.Unprotect(packet, new byte[100], out _));
            opened++;
            if (inFlight.Count > 3) inFlight.RemoveAt(0);
        }

        Assert.True(opened > 100);
    }

    [Fact]
    public void An_aead_sender_never_uses_an_index_twice()
    {
        using var pair = new Pair(SrtpProfile.AeadAes128Gcm);
        pair.Seal(Packet(5, 10));

        Assert.Equal(SrtpResult.Replayed, pair.Sender.Protect(Packet(5, 10), new byte[100], out _));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Rtcp_comes_out_again_and_is_not_replayed(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        byte[] plain = Report();
        byte[] buffer = new byte[plain.Length + pair.Sender.RtcpOverhead];
        plain.CopyTo(buffer, 0);
        Assert.Equal(SrtpResult.Ok, pair.Sender.ProtectRtcp(buffer.AsSpan(0, plain.Length), buffer, out int length));
        Assert.Equal(buffer.Length, length);

        byte[] opened = new byte[plain.Length];
        Assert.Equal(SrtpResult.Ok, pair.Receiver.UnprotectRtcp(buffer, opened, out length));

        Assert.Equal(plain, opened[..length]);
        Assert.Equal(SrtpResult.Replayed, pair.Receiver.UnprotectRtcp(buffer, opened, out _));
        buffer[^1] ^= 1;
        Assert.NotEqual(SrtpResult.Ok, pair.Receiver.UnprotectRtcp(buffer, opened, out _));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Protecting_and_unprotecting_allocates_nothing(SrtpProfile profile)
    {
        using var pair = new Pair(profile);
        byte[] buffer = new byte[1300];
        ushort number = 0;
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                buffer[0] = 0x80;
                BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(2), number++);
                pair.Sender.Protect(buffer.AsSpan(0, 1200), buffer, out int length);
                pair.Receiver.Unprotect(buffer.AsSpan(0, length), buffer, out _);
            }
        });
    }

    [Fact]
    public void Exported_keys_can_be_wiped_once_the_contexts_are_made()
    {
        byte[] exported = [.. Enumerable.Range(1, SrtpKeyMaterial.ExportedLength(SrtpProfile.AeadAes128Gcm)).Select(i => (byte)i)];
        var keys = new SrtpKeyMaterial(SrtpProfile.AeadAes128Gcm, [.. exported], isClient: true);
        using SrtpContext sender = keys.CreateSender();
        keys.Wipe();
        using SrtpContext receiver = new SrtpKeyMaterial(SrtpProfile.AeadAes128Gcm, exported, isClient: false).CreateReceiver();
        byte[] packet = new byte[100];

        sender.Protect(Packet(1, 50), packet, out int length);

        Assert.Equal(SrtpResult.Ok, receiver.Unprotect(packet.AsSpan(0, length), new byte[100], out _));
        using SrtpContext wiped = keys.CreateReceiver();
        Assert.Equal(SrtpResult.AuthenticationFailed, wiped.Unprotect(packet.AsSpan(0, length), new byte[100], out _));
    }

    [Fact]
    public void Garbage_makes_no_streams()
    {
        using var pair = new Pair(SrtpProfile.Aes128CmSha1Tag80);
        var random = new Random(1);
        byte[] garbage = new byte[60];
        for (int i = 0; i < 5000; i++)
        {
            random.NextBytes(garbage);
            garbage[0] = 0x80;
            Assert.Equal(SrtpResult.AuthenticationFailed, pair.Receiver.Unprotect(garbage, new byte[60], out _));
        }

        pair.Open(pair.Seal(Packet(1, 10)));
    }

    internal static byte[] Packet(ushort sequenceNumber, int payloadLength)
    {
        byte[] packet = new byte[12 + payloadLength];
        packet[0] = 0x80;
        packet[1] = 96;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), Ssrc);
        for (int i = 12; i < packet.Length; i++) packet[i] = (byte)i;
        return packet;
    }

    internal static byte[] Report()
    {
        var writer = new RtcpWriter(new byte[200]);
        writer.WriteSenderReport(new SenderInfo(Ssrc, 1, 2, 3, 4));
        writer.WriteSourceDescription(Ssrc, "someone"u8);
        return writer.Written.ToArray();
    }

    private static byte[] PacketWithExtension(ushort sequenceNumber)
    {
        byte[] packet = Packet(sequenceNumber, 40);
        packet[0] |= 0x10;
        Convert.FromHexString("BEDE0001" + "31000000").CopyTo(packet, 12);
        return packet;
    }

    private sealed class Pair : IDisposable
    {
        public Pair(SrtpProfile profile)
        {
            byte[] exported = new byte[SrtpKeyMaterial.ExportedLength(profile)];
            new Random(3).NextBytes(exported);
            Sender = new SrtpKeyMaterial(profile, exported, isClient: false).CreateSender();
            Receiver = new SrtpKeyMaterial(profile, exported, isClient: true).CreateReceiver();
        }

        public SrtpContext Sender { get; }

        public SrtpContext Receiver { get; }

        public byte[] Seal(byte[] plain)
        {
            byte[] result = new byte[plain.Length + Sender.RtpOverhead];
            Assert.Equal(SrtpResult.Ok, Sender.Protect(plain, result, out _));
            return result;
        }

        public byte[] Open(byte[] packet)
        {
            byte[] result = new byte[packet.Length - Receiver.RtpOverhead];
            Assert.Equal(SrtpResult.Ok, Receiver.Unprotect(packet, result, out _));
            return result;
        }

        public void Dispose()
        {
            Sender.Dispose();
            Receiver.Dispose();
        }
    }
}
