using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Protocols.Srtp;

/// <summary>
/// Known-answer tests: the vectors of RFC 7714 and RFC 3711, and packets of all kinds of lengths against what .NET makes
/// of them. A kernel that errs is not used.
/// </summary>
internal static unsafe class KernelSelfCheck
{
    private const int LongestPacket = 1500;

    private static readonly int[] s_lengths = [12, 13, 27, 28, 100, 139, 140, 141, 172, 268, 300, 1112, LongestPacket];

    /// <summary>Leaves out what fails, and names it.</summary>
    public static (SrtpKernels Kernels, IReadOnlyList<string> Failed) Choose(SrtpKernels supported)
    {
        var failed = new List<string>();
        SrtpKernels chosen = supported;
        if (chosen.HasGcm && !IsGcmRight(chosen))
        {
            chosen = chosen with { HasGcm = false };
            failed.Add("AES-GCM");
        }

        if (chosen.HasCounterMode && !IsHmacRight(chosen.Hmac))
        {
            chosen = chosen with { Hmac = HmacSha1.Single };
            failed.Add("HMAC-SHA1 by libcrypto");
        }

        if (chosen.HasCounterMode && !IsCounterModeRight(chosen))
        {
            chosen = chosen with { HasCounterMode = false };
            failed.Add("AES-CM");
        }

        if (chosen.Lanes is { } lanes && !IsHmacRight(lanes))
        {
            chosen = chosen with { Lanes = null };
            failed.Add($"HMAC-SHA1 in {lanes.Lanes} lanes");
        }

        return (chosen, failed);
    }

    /// <summary>RFC 7714 §16.1.1, and agreement with .NET for both key lengths.</summary>
    internal static bool IsGcmRight(SrtpKernels kernels)
    {
        using (SrtpCipher cipher = kernels.CreateGcm(Counting(16), "Quid pro quo"u8))
        {
            byte[] packet = Convert.FromHexString(
                "8040F17B8041F8D35501A0B247616C6C696120657374206F6D6E697320646976697361" + "20696E207061727465732074726573");
            byte[] tag = new byte[16];
            cipher.Seal(new SrtpNonce(0x5501A0B2, 0xF17B, 0, IsRtcp: false), packet, 12, packet.AsSpan(12).ToArray(), tag);
            if (Convert.ToHexString(packet.AsSpan(12)) + Convert.ToHexString(tag)
                != "F24DE3A3FB34DE6CACBA861C9D7E4BCABE633BD50D294E6F42A5F47A51C7D19B36DE3ADF8833899D7F27BEB16A9152CF765EE4390CCE")
                return false;
        }

        foreach (int keyLength in (int[])[16, 32])
        {
            using var own = kernels.CreateGcm(Counting(keyLength), Counting(12));
            using var reference = SrtpKernels.Portable.CreateGcm(Counting(keyLength), Counting(12));
            if (!Agree(own, reference)) return false;
        }

        return true;
    }

    /// <summary>The vector of libsrtp for RFC 3711's default transforms, and agreement with .NET.</summary>
    internal static bool IsCounterModeRight(SrtpKernels kernels)
    {
        byte[] masterKey = Convert.FromHexString("E1F97A0D3E018BE0D64FA32C06DE4139");
        byte[] masterSalt = Convert.FromHexString("0EC675AD498AFEEBB6960B3AABE6");
        using var context = new SrtpContext(kernels, SrtpProfile.Aes128CmSha1Tag80, masterKey, masterSalt);
        byte[] packet = Convert.FromHexString("800F1234DECAFBADCAFEBABEABABABABABABABABABABABABABABABAB");
        byte[] result = new byte[packet.Length + context.RtpOverhead];
        if (context.Protect(packet, result, out _) != SrtpResult.Ok) return false;
        if (Convert.ToHexString(result) != "800F1234DECAFBADCAFEBABE4E55DC4CE79978D88CA4D215949D2402B78D6ACC99EA179B8DBB")
            return false;

        using SrtpCipher own = kernels.CreateCounterMode(Counting(16), Counting(14), Counting(20));
        using SrtpCipher reference = SrtpKernels.Portable.CreateCounterMode(Counting(16), Counting(14), Counting(20));
        return Agree(own, reference);
    }

    /// <summary>As many messages as there are lanes, and one less, of different keys and lengths.</summary>
    internal static bool IsHmacRight(HmacSha1 hmac)
    {
        byte[] data = GC.AllocateArray<byte>(LongestPacket + 4, pinned: true);
        byte[] tags = GC.AllocateArray<byte>(HmacSha1Job.TagLength * hmac.Lanes, pinned: true);
        HmacSha1Job[] jobs = GC.AllocateArray<HmacSha1Job>(hmac.Lanes, pinned: true);
        HmacSha1Job** pointers = stackalloc HmacSha1Job*[hmac.Lanes];
        Counting(data.Length).CopyTo(data, 0);
        int[] lengths = new int[hmac.Lanes];
        fixed (byte* bytes = data, ends = tags)
        fixed (HmacSha1Job* first = jobs)
        {
            for (int count = Math.Max(1, hmac.Lanes - 1); count <= hmac.Lanes; count++)
            {
                for (int i = 0; i < count; i++)
                {
                    lengths[i] = s_lengths[(i + count) % s_lengths.Length] + i;
                    if (lengths[i] > LongestPacket) lengths[i] = LongestPacket - i;
                    using var key = new HmacSha1Key(Counting(i + 1));
                    pointers[i] = first + i;
                    first[i].Set(key.States, bytes, lengths[i], WordBehind(data, lengths[i]), ends + (HmacSha1Job.TagLength * i));
                }

                hmac.Complete(pointers, count);
                for (int i = 0; i < count; i++)
                {
                    using var reference = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, Counting(i + 1));
                    reference.AppendData(data, 0, lengths[i] + 4);
                    byte[] expected = reference.GetHashAndReset();
                    ReadOnlySpan<byte> tag = tags.AsSpan(HmacSha1Job.TagLength * i, HmacSha1Job.TagLength);
                    if (!tag.SequenceEqual(expected.AsSpan(0, HmacSha1Job.TagLength))) return false;
                }
            }
        }

        return true;
    }

    private static uint WordBehind(byte[] data, int length) => BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(length));

    /// <summary>Both seal alike, and each opens what was sealed, and notices a change.</summary>
    private static bool Agree(SrtpCipher own, SrtpCipher reference)
    {
        foreach (int length in s_lengths)
        {
            var nonce = new SrtpNonce(0xCAFEBABE, 0x1234_5678_9ABC, 0x1234_5678, IsRtcp: false);
            byte[] plain = Counting(length);
            byte[] mine = [.. plain];
            byte[] theirs = [.. plain];
            byte[] tag = new byte[own.TagLength];
            byte[] expected = new byte[own.TagLength];
            own.Seal(nonce, mine, 12, mine.AsSpan(12), tag);
            reference.Seal(nonce, theirs, 12, theirs.AsSpan(12), expected);
            if (!mine.AsSpan().SequenceEqual(theirs) || !tag.AsSpan().SequenceEqual(expected)) return false;
            if (!own.Open(nonce, mine, 12, tag, mine.AsSpan(12)) || !mine.AsSpan().SequenceEqual(plain)) return false;
            theirs[^1] ^= 1;
            if (own.Open(nonce, theirs, 12, tag, theirs.AsSpan(12))) return false;
        }

        return true;
    }

    private static byte[] Counting(int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) bytes[i] = (byte)i;
        return bytes;
    }
}
