using System.Buffers.Binary;

namespace Protocols.Srtp;

/// <summary>
/// Makes the ciphers fast before the first packet: chooses the kernels, then sends packets through every profile, often
/// enough for the runtime to compile it all a second time.
/// </summary>
public static class SrtpWarmUp
{
    private const int Packets = 40; // the runtime counts to 30 calls, and begins 100 ms after the last new method
    private const int PacketLength = 1200;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(110);

    /// <summary>On a thread of the pool; some 150 ms, most of them asleep.</summary>
    /// <returns>What the ciphers are made of, and what the processor has but does wrong.</returns>
    public static async Task<(string Kernels, IReadOnlyList<string> Failed)> RunAsync(TimeProvider time)
    {
        await Task.Yield();
        SendThroughAll();
        await Task.Delay(s_pause, time).ConfigureAwait(false);
        SendThroughAll();
        return (SrtpKernels.Current.ToString(), SrtpKernels.Failed);
    }

    private static void SendThroughAll()
    {
        SendThrough(SrtpProfile.AeadAes128Gcm);
        SendThrough(SrtpProfile.AeadAes256Gcm);
        SendThrough(SrtpProfile.Aes128CmSha1Tag80);
    }

    private static void SendThrough(SrtpProfile profile)
    {
        using var batch = new SrtpBatch();
        var keys = new SrtpKeyMaterial(profile, new byte[SrtpKeyMaterial.ExportedLength(profile)], isClient: false);
        using SrtpContext sender = keys.CreateSender();
        using SrtpContext receiver = new SrtpKeyMaterial(profile, new byte[SrtpKeyMaterial.ExportedLength(profile)], isClient: true).CreateReceiver();
        byte[] ring = GC.AllocateUninitializedArray<byte>(Packets * (PacketLength + SrtpProfileSizes.MaxRtpOverhead), pinned: true);
        byte[] plain = new byte[PacketLength];
        Span<int> ends = stackalloc int[Packets];
        int end = 0;
        for (int i = 0; i < Packets; i++)
        {
            plain[0] = 0x80;
            BinaryPrimitives.WriteUInt16BigEndian(plain.AsSpan(2), (ushort)i);
            // Single packets, reports among them, and batches.
            sender.Protect(plain, ring.AsSpan(end), i % 4 == 0 ? null : batch, out int length);
            ends[i] = end += length;
        }

        batch.Complete();
        for (int i = 0, start = 0; i < Packets; start = ends[i++]) receiver.Unprotect(ring.AsSpan(start, ends[i] - start), plain, out _);
        for (int i = 0; i < Packets; i++)
        {
            sender.ProtectRtcp(plain.AsSpan(0, 100), ring, out int length);
            receiver.UnprotectRtcp(ring.AsSpan(0, length), plain, out _);
        }
    }
}
