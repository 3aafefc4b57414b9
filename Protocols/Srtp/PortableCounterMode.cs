using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Protocols.Srtp;

/// <summary>
/// AES in counter mode as RFC 3711 §4.1.1 uses it: a 16-byte initial block whose last two bytes count. Made of a cached
/// ECB transform over a run of counter blocks, because .NET has no counter mode and its one-shot calls set the key up anew.
/// </summary>
internal sealed class PortableCounterMode : IDisposable
{
    private const int ChunkLength = 2048; // one datagram in one call

    [ThreadStatic] private static byte[]? t_counters;
    [ThreadStatic] private static byte[]? t_keystream;

    private readonly Aes _aes;
    private readonly ICryptoTransform _encryptor;

    public PortableCounterMode(ReadOnlySpan<byte> key)
    {
        _aes = Aes.Create();
        _aes.Mode = CipherMode.ECB;
        _aes.Padding = PaddingMode.None;
        _aes.Key = key.ToArray();
        _encryptor = _aes.CreateEncryptor();
    }

    /// <summary>XORs the keystream onto the source; source and destination may be the same memory.</summary>
    public void Transform(ReadOnlySpan<byte> initialBlock, ReadOnlySpan<byte> source, Span<byte> destination)
    {
        byte[] counters = t_counters ??= new byte[ChunkLength];
        byte[] keystream = t_keystream ??= new byte[ChunkLength];
        int block = BinaryPrimitives.ReadUInt16BigEndian(initialBlock[14..]);
        while (source.Length > 0)
        {
            int length = Math.Min(source.Length, ChunkLength);
            int padded = (length + 15) & ~15;
            for (int i = 0; i < padded; i += 16, block++)
            {
                initialBlock[..14].CopyTo(counters.AsSpan(i));
                BinaryPrimitives.WriteUInt16BigEndian(counters.AsSpan(i + 14), (ushort)block);
            }

            _encryptor.TransformBlock(counters, 0, padded, keystream, 0);
            Xor(source[..length], keystream, destination);
            source = source[length..];
            destination = destination[length..];
        }
    }

    public void Dispose()
    {
        _encryptor.Dispose();
        _aes.Dispose();
    }

    private static void Xor(ReadOnlySpan<byte> source, ReadOnlySpan<byte> keystream, Span<byte> destination)
    {
        int vectors = source.Length / Vector<byte>.Count;
        ReadOnlySpan<Vector<byte>> a = MemoryMarshal.Cast<byte, Vector<byte>>(source)[..vectors];
        ReadOnlySpan<Vector<byte>> b = MemoryMarshal.Cast<byte, Vector<byte>>(keystream);
        Span<Vector<byte>> result = MemoryMarshal.Cast<byte, Vector<byte>>(destination);
        for (int i = 0; i < a.Length; i++) result[i] = a[i] ^ b[i];
        for (int i = vectors * Vector<byte>.Count; i < source.Length; i++)
            destination[i] = (byte)(source[i] ^ keystream[i]);
    }
}
