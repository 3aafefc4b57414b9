using System.Security.Cryptography;

namespace Protocols.Rtmp;

/// <summary>Where the digest lies in a block: in the second half (schema 0) or in the first (schema 1).</summary>
internal enum RtmpDigestSchema
{
    KeyThenDigest,
    DigestThenKey,
}

/// <summary>
/// The digests in the handshake of Flash Player 9 and later. Never specified by Adobe; the constants are known from
/// open implementations and are the same in all of them. It authenticates nobody: the keys are public.
/// </summary>
internal static class RtmpDigest
{
    internal const int Length = 32;

    private const int HalfLength = 764;

    /// <summary>Keys signing one's own first block are the text alone; the echo is signed with text and tail.</summary>
    private static readonly byte[] s_tail =
    [
        0xF0, 0xEE, 0xC2, 0x4A, 0x80, 0x68, 0xBE, 0xE8, 0x2E, 0x00, 0xD0, 0xD1, 0x02, 0x9E, 0x7E, 0x57,
        0x6E, 0xEC, 0x5D, 0x2D, 0x29, 0x80, 0x6F, 0xAB, 0x93, 0xB8, 0xE6, 0x36, 0xCF, 0xEB, 0x31, 0xAE,
    ];

    private static ReadOnlySpan<byte> ClientKey => "Genuine Adobe Flash Player 001"u8;

    private static ReadOnlySpan<byte> ServerKey => "Genuine Adobe Flash Media Server 001"u8;

    /// <summary>Finds a client's valid digest in C1.</summary>
    internal static bool TryFindClient(ReadOnlySpan<byte> c1, out RtmpDigestSchema schema, out int offset) =>
        TryFind(c1, ClientKey, out schema, out offset);

    /// <summary>Finds a server's valid digest in S1; what a client that insists on it does.</summary>
    internal static bool TryFindServer(ReadOnlySpan<byte> s1, out RtmpDigestSchema schema, out int offset) =>
        TryFind(s1, ServerKey, out schema, out offset);

    internal static void SignServer(Span<byte> s1, RtmpDigestSchema schema) => Sign(s1, ServerKey, schema);

    internal static void SignClient(Span<byte> c1, RtmpDigestSchema schema) => Sign(c1, ClientKey, schema);

    /// <summary>Puts at the end of S2 the digest that answers the client's.</summary>
    internal static void SignEcho(Span<byte> s2, ReadOnlySpan<byte> clientDigest)
    {
        Span<byte> key = stackalloc byte[Length];
        ReadOnlySpan<byte> full = [.. ServerKey, .. s_tail];
        HMACSHA256.HashData(full, clientDigest, key);
        HMACSHA256.HashData(key, s2[..^Length], s2[^Length..]);
    }

    private static bool TryFind(ReadOnlySpan<byte> block, ReadOnlySpan<byte> key, out RtmpDigestSchema schema, out int offset)
    {
        Span<byte> digest = stackalloc byte[Length];
        foreach (RtmpDigestSchema candidate in (ReadOnlySpan<RtmpDigestSchema>)[RtmpDigestSchema.KeyThenDigest, RtmpDigestSchema.DigestThenKey])
        {
            (schema, offset) = (candidate, OffsetIn(block, candidate));
            Compute(block, offset, key, digest);
            if (block.Slice(offset, Length).SequenceEqual(digest)) return true;
        }

        (schema, offset) = (default, 0);
        return false;
    }

    private static void Sign(Span<byte> block, ReadOnlySpan<byte> key, RtmpDigestSchema schema)
    {
        Span<byte> digest = stackalloc byte[Length];
        int offset = OffsetIn(block, schema);
        Compute(block, offset, key, digest);
        digest.CopyTo(block[offset..]);
    }

    //   block: time (4) | version (4) | half (764) | half (764)
    //   the digest's half: the sum of its first 4 bytes modulo 728 says how far behind them the digest lies
    private static int OffsetIn(ReadOnlySpan<byte> block, RtmpDigestSchema schema)
    {
        int half = 8 + (schema == RtmpDigestSchema.KeyThenDigest ? HalfLength : 0);
        int sum = block[half] + block[half + 1] + block[half + 2] + block[half + 3];
        return half + 4 + sum % (HalfLength - 4 - Length);
    }

    // Over the whole block without the digest's own place.
    private static void Compute(ReadOnlySpan<byte> block, int offset, ReadOnlySpan<byte> key, Span<byte> digest)
    {
        Span<byte> joined = stackalloc byte[RtmpHandshake.BlockLength - Length];
        block[..offset].CopyTo(joined);
        block[(offset + Length)..].CopyTo(joined[offset..]);
        HMACSHA256.HashData(key, joined, digest);
    }
}
