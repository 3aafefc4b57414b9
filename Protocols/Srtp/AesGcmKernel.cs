using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Protocols.Srtp;

/// <summary>
/// AES-GCM (SP 800-38D §7) with the CPU's own instructions, for 12-byte initialisation vectors. The hash of what is
/// written follows one group of blocks behind, so that multiplications fill the gaps between the rounds of the next one.
/// </summary>
internal sealed unsafe class AesGcmKernel : IDisposable
{
    public const int TagLength = 16;

    private const int GroupLength = AesBlocks.GroupLength;

    private readonly AesKey _key;
    private readonly Vector128<ulong>[] _powers = new Vector128<ulong>[GHash.MaxBlocks];

    public AesGcmKernel(ReadOnlySpan<byte> key)
    {
        _key = new AesKey(key);
        fixed (Vector128<byte>* keys = _key.Schedule)
            GHash.FillPowers(AesBlocks.Encrypt(keys, _key.Rounds, Vector128<byte>.Zero), _powers);
    }

    /// <param name="counter">The block J0 as a number: vector, then a 32-bit count of 1.</param>
    /// <param name="associated">What is authenticated only.</param>
    public void Seal(
        Vector128<uint> counter, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plain, Span<byte> destination, Span<byte> tag)
    {
        destination = destination[..plain.Length];
        fixed (Vector128<byte>* keys = _key.Schedule)
        fixed (Vector128<ulong>* powers = _powers)
        fixed (byte* header = associated, source = plain, target = destination)
        {
            Vector128<ulong> hash = GHash.AddPadded(Vector128<ulong>.Zero, powers, header, associated.Length);
            Vector128<byte> mask = AesBlocks.Encrypt(keys, _key.Rounds, CipherInstructions.Reverse(counter.AsByte()));
            counter += Vector128.Create(1u, 0, 0, 0);
            hash = Encrypt(keys, _key.Rounds, powers, hash, counter, associated.Length, source, target, plain.Length);
            (CipherInstructions.Reverse(hash.AsByte()) ^ mask).CopyTo(tag);
        }
    }

    /// <summary>False leaves the destination undefined.</summary>
    public bool Open(
        Vector128<uint> counter, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> body, ReadOnlySpan<byte> tag, Span<byte> destination)
    {
        destination = destination[..body.Length];
        fixed (Vector128<byte>* keys = _key.Schedule)
        fixed (Vector128<ulong>* powers = _powers)
        fixed (byte* header = associated, source = body, target = destination)
        {
            Vector128<ulong> hash = GHash.AddPadded(Vector128<ulong>.Zero, powers, header, associated.Length);
            Vector128<byte> mask = AesBlocks.Encrypt(keys, _key.Rounds, CipherInstructions.Reverse(counter.AsByte()));
            counter += Vector128.Create(1u, 0, 0, 0);
            hash = Decrypt(keys, _key.Rounds, powers, hash, counter, associated.Length, source, target, body.Length);
            // Vectors are compared whole, in the same time whatever differs.
            return (CipherInstructions.Reverse(hash.AsByte()) ^ mask) == Vector128.Create(tag);
        }
    }

    public void Dispose()
    {
        _key.Dispose();
        Array.Clear(_powers);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector128<ulong> Encrypt(
        Vector128<byte>* keys, int rounds, Vector128<ulong>* powers, Vector128<ulong> hash, Vector128<uint> counter,
        int headerLength, byte* source, byte* destination, int length)
    {
        int done = 0;
        for (; length - done >= GroupLength; done += GroupLength)
        {
            AesBlocks.TransformGroup(keys, rounds, ref counter, source + done, destination + done);
            if (done > 0) hash = GHash.Add(hash, powers, destination + done - GroupLength, 8);
        }

        if (done > 0) hash = GHash.Add(hash, powers, destination + done - GroupLength, 8);
        byte* last = stackalloc byte[GHash.MaxBlocks * 16];
        int rest = length - done;
        if (rest > 0)
        {
            Unsafe.CopyBlockUnaligned(last, source + done, (uint)rest);
            AesBlocks.TransformGroup(keys, rounds, ref counter, last, last);
            Unsafe.CopyBlockUnaligned(destination + done, last, (uint)rest);
        }

        return GHash.Add(hash, powers, last, Finish(last, rest, headerLength, length));
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector128<ulong> Decrypt(
        Vector128<byte>* keys, int rounds, Vector128<ulong>* powers, Vector128<ulong> hash, Vector128<uint> counter,
        int headerLength, byte* source, byte* destination, int length)
    {
        int done = 0;
        for (; length - done >= GroupLength; done += GroupLength)
        {
            hash = GHash.Add(hash, powers, source + done, 8);
            AesBlocks.TransformGroup(keys, rounds, ref counter, source + done, destination + done);
        }

        byte* last = stackalloc byte[GHash.MaxBlocks * 16];
        int rest = length - done;
        Unsafe.CopyBlockUnaligned(last, source + done, (uint)rest);
        hash = GHash.Add(hash, powers, last, Finish(last, rest, headerLength, length));
        if (rest == 0) return hash;
        AesBlocks.TransformGroup(keys, rounds, ref counter, last, last);
        Unsafe.CopyBlockUnaligned(destination + done, last, (uint)rest);
        return hash;
    }

    /// <summary>Fills the last block up with zeros and appends the lengths in bits; returns how many blocks that makes.</summary>
    private static int Finish(byte* last, int rest, int headerLength, int length)
    {
        int end = (rest + 15) & ~15;
        new Span<byte>(last + rest, end - rest).Clear();
        BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(last + end, 8), (ulong)headerLength * 8);
        BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(last + end + 8, 8), (ulong)length * 8);
        return (end / 16) + 1;
    }
}
