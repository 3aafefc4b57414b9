using System.Security.Cryptography;
using Protocols.Srtp;

namespace Protocols.Tests.Srtp;

public sealed class SrtpKernelTests
{
    private const int LongestPacket = 1500;

    public static TheoryData<string, SrtpProfile> Cases => KernelSets.WithProfiles;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Packets_of_every_length_are_those_of_the_portable_code(string name, SrtpProfile profile)
    {
        var random = new Random(11);
        using SrtpCipher own = Create(KernelSets.Named(name), profile, new Random(5));
        using SrtpCipher portable = Create(SrtpKernels.Portable, profile, new Random(5));
        byte[] tag = new byte[own.TagLength];
        byte[] expectedTag = new byte[own.TagLength];
        for (int length = 0; length <= LongestPacket; length++)
        {
            int headerLength = random.Next(Math.Min(length, 80) + 1);
            byte[] plain = new byte[length];
            random.NextBytes(plain);
            var nonce = new SrtpNonce((uint)random.NextInt64(), random.NextInt64(1L << 48), (uint)random.NextInt64(), IsRtcp: false);
            byte[] inPlace = [.. plain];
            byte[] expected = [.. plain];

            portable.Seal(nonce, expected, headerLength, plain.AsSpan(headerLength), expectedTag);
            own.Seal(nonce, inPlace, headerLength, inPlace.AsSpan(headerLength), tag);

            Assert.Equal(expected, inPlace);
            Assert.Equal(expectedTag, tag);
            byte[] room = new byte[length + 64];
            Array.Fill(room, (byte)0xEE);
            plain.AsSpan(0, headerLength).CopyTo(room);
            own.Seal(nonce, room.AsSpan(0, length), headerLength, plain.AsSpan(headerLength), tag);
            Assert.Equal(expected, room[..length]);
            Assert.True(room.AsSpan(length).IndexOfAnyExcept((byte)0xEE) < 0, "It wrote beyond the packet.");
            Assert.True(own.Open(nonce, inPlace, headerLength, tag, room));
            Assert.True(room.AsSpan(0, length - headerLength).SequenceEqual(plain.AsSpan(headerLength)));
            Assert.True(room.AsSpan(length).IndexOfAnyExcept((byte)0xEE) < 0, "It wrote beyond the body.");
            Assert.True(own.Open(nonce, inPlace, headerLength, tag, inPlace.AsSpan(headerLength)));
            Assert.Equal(plain, inPlace);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_changed_bit_of_packet_or_tag_is_noticed(string name, SrtpProfile profile)
    {
        using SrtpCipher cipher = Create(KernelSets.Named(name), profile, new Random(6));
        foreach (int length in (int[])[12, 13, 140, 300])
        {
            byte[] packet = new byte[length];
            byte[] tag = new byte[cipher.TagLength];
            byte[] destination = new byte[length];
            var nonce = new SrtpNonce(1, 2, 3, IsRtcp: false);
            cipher.Seal(nonce, packet, 12, packet.AsSpan(12), tag);
            for (int bit = 0; bit < 8 * (length + tag.Length); bit += 3)
            {
                byte[] changed = bit < 8 * length ? packet : tag;
                int place = bit < 8 * length ? bit : bit - (8 * length);
                changed[place / 8] ^= (byte)(1 << (place % 8));
                Assert.False(cipher.Open(nonce, packet, 12, tag, destination));
                changed[place / 8] ^= (byte)(1 << (place % 8));
            }

            Assert.True(cipher.Open(nonce, packet, 12, tag, destination));
        }
    }

    [Theory] // FIPS 197 appendices A.1, A.3, C.1 and C.3
    [InlineData("2B7E151628AED2A6ABF7158809CF4F3C", "D014F9A8C9EE2589E13F0CC8B6630CA6")]
    [InlineData("603DEB1015CA71BE2B73AEF0857D77811F352C073B6108D72D9810A30914DFF4", "FE4890D1E6188D0B046DF344706C631E")]
    public void The_last_round_key_is_that_of_the_standard(string key, string expected)
    {
        if (!CipherInstructions.IsSupported) return;
        using var schedule = new AesKey(Convert.FromHexString(key));
        byte[] last = new byte[16];

        System.Runtime.Intrinsics.Vector128.CopyTo(schedule.Schedule[^1], last);

        Assert.Equal(expected, Convert.ToHexString(last));
    }

    [Theory] // test cases 2 and 4 (128), 14 and 16 (256) of the GCM specification (McGrew, Viega), which SP 800-38D names
    [InlineData("00000000000000000000000000000000", "000000000000000000000000", "",
        "00000000000000000000000000000000", "0388DACE60B6A392F328C2B971B2FE78", "AB6E47D42CEC13BDF53A67B21257BDDF")]
    [InlineData("FEFFE9928665731C6D6A8F9467308308", "CAFEBABEFACEDBADDECAF888", "FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2",
        "D9313225F88406E5A55909C5AFF5269A86A7A9531534F7DA2E4C303D8A318A721C3C0C95956809532FCF0E2449A6B525B16AEDF5AA0DE657BA637B39",
        "42831EC2217774244B7221B784D0D49CE3AA212F2C02A4E035C17E2329ACA12E21D514B25466931C7D8F6A5AAC84AA051BA30B396A0AAC973D58E091",
        "5BC94FBC3221A5DB94FAE95AE7121A47")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "",
        "00000000000000000000000000000000", "CEA7403D4D606B6E074EC5D3BAF39D18", "D0D1C8A799996BF0265B98B5D48AB919")]
    [InlineData("FEFFE9928665731C6D6A8F9467308308FEFFE9928665731C6D6A8F9467308308", "CAFEBABEFACEDBADDECAF888",
        "FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2",
        "D9313225F88406E5A55909C5AFF5269A86A7A9531534F7DA2E4C303D8A318A721C3C0C95956809532FCF0E2449A6B525B16AEDF5AA0DE657BA637B39",
        "522DC1F099567D07F47F37A32A84427D643A8CDCBFE5C0C97598A2BD2555D1AA8CB08E48590DBB3DA7B08B1056828838C5F61E6393BA7A0ABCC9F662",
        "76FC6ECE0F4E1768CDDF8853BB2D551B")]
    public void Gcm_gives_the_answers_of_its_specification(string key, string vector, string header, string plain, string cipher, string tag)
    {
        foreach (SrtpKernels kernels in KernelSets.All)
        {
            using SrtpCipher gcm = kernels.CreateGcm(Convert.FromHexString(key), Convert.FromHexString(vector));
            byte[] packet = Convert.FromHexString(header + plain);
            byte[] result = new byte[16];
            int headerLength = header.Length / 2;

            gcm.Seal(new SrtpNonce(0, 0, 0, IsRtcp: false), packet, headerLength, packet.AsSpan(headerLength), result);

            Assert.Equal(header + cipher, Convert.ToHexString(packet));
            Assert.Equal(tag, Convert.ToHexString(result));
        }
    }

    [Fact]
    public void Sha1_of_our_own_and_of_libcrypto_are_those_of_dotnet()
    {
        foreach (HmacSha1 hmac in (HmacSha1[])[HmacSha1.Single, .. Sha1.HasLibrary ? [HmacSha1.ByLibrary] : Array.Empty<HmacSha1>()])
            Assert.True(KernelSelfCheck.IsHmacRight(hmac));
    }

    [Fact]
    public void This_machine_s_kernels_give_the_known_answers()
    {
        (SrtpKernels kernels, IReadOnlyList<string> failed) = KernelSelfCheck.Choose(SrtpKernels.Supported);

        Assert.Empty(failed);
        Assert.Equal(SrtpKernels.Supported, kernels);
        Assert.All(KernelSets.All, set => Assert.Empty(KernelSelfCheck.Choose(set).Failed));
    }

    [Fact]
    public unsafe void A_kernel_that_errs_is_not_used()
    {
        SrtpKernels broken = SrtpKernels.Supported with { Lanes = new WrongHmac() };

        (SrtpKernels kernels, IReadOnlyList<string> failed) = KernelSelfCheck.Choose(broken);

        Assert.Null(kernels.Lanes);
        Assert.Equal(["HMAC-SHA1 in 3 lanes"], failed);
    }

    [Fact]
    public void Keys_are_wiped_when_they_are_disposed_of()
    {
        if (!CipherInstructions.IsSupported) return;
        var aes = new AesKey(RandomNumberGenerator.GetBytes(32));
        var hmac = new HmacSha1Key(RandomNumberGenerator.GetBytes(20));

        aes.Dispose();
        hmac.Dispose();

        Assert.All(aes.Schedule, key => Assert.Equal(default, key));
        Assert.True(hmac.States.IndexOfAnyExcept(0u) < 0);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Nothing_is_enciphered_with_a_key_that_was_wiped(string name, SrtpProfile profile)
    {
        var context = new SrtpContext(KernelSets.Named(name), profile, new byte[profile.KeyLength], new byte[profile.SaltLength]);

        context.Dispose();

        byte[] packet = SrtpContextTests.Packet(1, 100);
        Assert.Throws<ObjectDisposedException>(() => context.Protect(packet, new byte[200], out _));
        Assert.Throws<ObjectDisposedException>(() => context.Unprotect(packet, new byte[200], out _));
        Assert.Throws<ObjectDisposedException>(() => context.ProtectRtcp(packet, new byte[200], out _));
        Assert.Throws<ObjectDisposedException>(() => context.UnprotectRtcp(packet, new byte[200], out _));
    }

    private static SrtpCipher Create(SrtpKernels kernels, SrtpProfile profile, Random random)
    {
        byte[] key = new byte[profile.KeyLength];
        byte[] salt = new byte[profile.SaltLength];
        byte[] authenticationKey = new byte[20];
        random.NextBytes(key);
        random.NextBytes(salt);
        random.NextBytes(authenticationKey);
        return profile.IsAead ? kernels.CreateGcm(key, salt) : kernels.CreateCounterMode(key, salt, authenticationKey);
    }

    private sealed unsafe class WrongHmac : HmacSha1
    {
        public override int Lanes => 3;

        public override void Complete(HmacSha1Job** jobs, int count)
        {
        }
    }
}
