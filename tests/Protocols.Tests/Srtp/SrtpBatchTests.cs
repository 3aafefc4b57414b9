using Protocols.Srtp;
using TestKit;

namespace Protocols.Tests.Srtp;

public sealed class SrtpBatchTests : IDisposable
{
    private const int Sessions = 20;
    private const int SlotLength = 1600;

    private readonly byte[] _ring = GC.AllocateArray<byte>(64 * SlotLength, pinned: true);
    private readonly byte[][] _keys = new byte[Sessions][];
    private readonly Random _random = new(9);

    public SrtpBatchTests()
    {
        for (int i = 0; i < Sessions; i++)
        {
            _keys[i] = new byte[30];
            _random.NextBytes(_keys[i]);
        }
    }

    public static TheoryData<string, SrtpProfile> Cases => KernelSets.WithProfiles;

    public static TheoryData<string> Kernels => [.. KernelSets.All.Select(kernels => kernels.ToString())];

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_a_batch_completes_is_what_is_sealed_at_once(string name, SrtpProfile profile)
    {
        SrtpKernels kernels = KernelSets.Named(name);
        using var batch = new SrtpBatch(kernels);
        SrtpContext[] batched = [.. _keys.Select(key => Context(kernels, profile, key))];
        SrtpContext[] single = [.. _keys.Select(key => Context(SrtpKernels.Portable, profile, key))];
        byte[] expected = new byte[SlotLength];
        for (int round = 0; round < 200; round++)
        {
            int count = _random.Next(1, 40);
            var packets = new List<(byte[] Plain, int Length, int Session)>();
            for (int i = 0; i < count; i++)
            {
                int session = _random.Next(Sessions);
                // Bursts of one size, and all kinds of sizes.
                int payload = round % 2 == 0 ? 1100 - (i % 2) : _random.Next(1450);
                byte[] plain = SrtpContextTests.Packet((ushort)((round * 40) + i), payload);
                Assert.Equal(SrtpResult.Ok, batched[session].Protect(plain, Slot(i), batch, out int length));
                packets.Add((plain, length, session));
            }

            batch.Complete();

            Assert.Equal(0, batch.Count);
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(SrtpResult.Ok, single[packets[i].Session].Protect(packets[i].Plain, expected, out int length));
                Assert.True(expected.AsSpan(0, length).SequenceEqual(Slot(i)[..packets[i].Length]), $"round {round}, packet {i} of {count}");
            }
        }

        foreach (SrtpContext context in (SrtpContext[])[.. batched, .. single]) context.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Packets_that_lie_side_by_side_do_not_touch_each_other(string name)
    {
        SrtpKernels kernels = KernelSets.Named(name);
        using var batch = new SrtpBatch(kernels);
        using SrtpContext sender = Context(kernels, SrtpProfile.Aes128CmSha1Tag80, _keys[0]);
        using SrtpContext receiver = Context(SrtpKernels.Portable, SrtpProfile.Aes128CmSha1Tag80, _keys[0]);
        var lengths = new List<int>();
        int end = 0;
        for (int i = 0; i < 30; i++)
        {
            sender.Protect(SrtpContextTests.Packet((ushort)i, 50 + i), _ring.AsSpan(end), batch, out int length);
            lengths.Add(length);
            end += length;
        }

        batch.Complete();

        int start = 0;
        for (int i = 0; i < lengths.Count; i++)
        {
            byte[] plain = new byte[200];
            Assert.Equal(SrtpResult.Ok, receiver.Unprotect(_ring.AsSpan(start, lengths[i]), plain, out int length));
            Assert.Equal(SrtpContextTests.Packet((ushort)i, 50 + i), plain[..length]);
            start += lengths[i];
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_session_that_ends_while_its_packets_wait_leaves_them_whole(string name)
    {
        SrtpKernels kernels = KernelSets.Named(name);
        using var batch = new SrtpBatch(kernels);
        SrtpContext sender = Context(kernels, SrtpProfile.Aes128CmSha1Tag80, _keys[0]);
        using SrtpContext receiver = Context(kernels, SrtpProfile.Aes128CmSha1Tag80, _keys[0]);
        sender.Protect(SrtpContextTests.Packet(1, 100), Slot(0), batch, out int length);

        sender.Dispose();
        batch.Complete();

        Assert.Equal(SrtpResult.Ok, receiver.Unprotect(Slot(0)[..length], new byte[200], out _));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Nothing_is_allocated_for_a_packet(string name, SrtpProfile profile)
    {
        SrtpKernels kernels = KernelSets.Named(name);
        using var batch = new SrtpBatch(kernels);
        using SrtpContext sender = Context(kernels, profile, _keys[0]);
        using SrtpContext receiver = Context(kernels, profile, _keys[0]);
        byte[] packet = SrtpContextTests.Packet(0, 1100);
        byte[] report = SrtpContextTests.Report();
        byte[] plain = new byte[SlotLength];
        ushort number = 0;
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                packet[2] = (byte)(++number >> 8);
                packet[3] = (byte)number;
                Assert.True(sender.Protect(packet, Slot(0), batch, out int length) == SrtpResult.Ok);
                batch.Complete();
                Assert.True(receiver.Unprotect(Slot(0)[..length], plain, out _) == SrtpResult.Ok);
                Assert.True(receiver.Unprotect(Slot(0)[..length], plain, out _) == SrtpResult.Replayed);
                Assert.True(sender.ProtectRtcp(report, Slot(1), out length) == SrtpResult.Ok);
                Assert.True(receiver.UnprotectRtcp(Slot(1)[..length], plain, out _) == SrtpResult.Ok);
            }
        });
    }

    [Theory]
    [InlineData(SrtpProfile.Aes128CmSha1Tag80)]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.AeadAes256Gcm)]
    public void Garbage_allocates_nothing(SrtpProfile profile)
    {
        if (SrtpKernels.Supported == SrtpKernels.Portable) return; // .NET's GCM throws
        using SrtpContext receiver = Context(SrtpKernels.Supported, profile, _keys[0]);
        byte[] garbage = SrtpContextTests.Packet(1, 1100);
        byte[] plain = new byte[SlotLength];
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 50; i++)
            {
                garbage[3]++;
                Assert.True(receiver.Unprotect(garbage, plain, out _) == SrtpResult.AuthenticationFailed);
                Assert.True(receiver.UnprotectRtcp(garbage, plain, out _) != SrtpResult.Ok);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_direction_s_keys_and_one_source_take_less_than_3_KB(string name, SrtpProfile profile)
    {
        SrtpKernels kernels = KernelSets.Named(name);
        if (!kernels.HasGcm) return; // OpenSSL's contexts are out of our sight
        byte[] packet = SrtpContextTests.Packet(1, 100);
        using SrtpContext warm = Context(kernels, profile, _keys[0]);
        warm.Protect(packet, Slot(0), out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using SrtpContext context = Context(kernels, profile, _keys[1]);
        context.Protect(packet, Slot(0), out _);
        long taken = GC.GetAllocatedBytesForCurrentThread() - before; // with what the derivation leaves behind

        Assert.InRange(taken, 1, 3 * 1024);
    }

    public void Dispose() => GC.KeepAlive(_ring);

    private static SrtpContext Context(SrtpKernels kernels, SrtpProfile profile, byte[] key)
    {
        byte[] master = new byte[profile.KeyLength];
        key.AsSpan(0, Math.Min(16, master.Length)).CopyTo(master);
        return new SrtpContext(kernels, profile, master, key.AsSpan(16, profile.SaltLength));
    }

    private Span<byte> Slot(int index) => _ring.AsSpan(index * SlotLength, SlotLength);
}
