using System.Buffers.Binary;
using System.Numerics;

namespace Protocols.Srtp;

/// <summary>One message at a time, on any processor.</summary>
internal readonly struct Sha1Lane : ISha1Lanes<uint>
{
    public static uint All(uint value) => value;

    public static uint Add(uint a, uint b) => a + b;

    public static uint Parity(uint x, uint y, uint z) => x ^ y ^ z;

    public static uint Choose(uint x, uint y, uint z) => z ^ (x & (y ^ z));

    public static uint Majority(uint x, uint y, uint z) => (x & y) | (z & (x | y));

    public static uint Xor(uint x, uint y) => x ^ y;

    public static uint RotateLeft1(uint x) => BitOperations.RotateLeft(x, 1);

    public static uint RotateLeft5(uint x) => BitOperations.RotateLeft(x, 5);

    public static uint RotateLeft30(uint x) => BitOperations.RotateLeft(x, 30);

    public static unsafe void Load(byte** blocks, uint* words)
    {
        for (int i = 0; i < 16; i++)
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(blocks[0] + (4 * i), 4));
    }
}
