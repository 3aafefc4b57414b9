using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Protocols.Srtp;

/// <summary>
/// One message whose HMAC-SHA1 is to be had, cut into blocks: those that lie whole in the message, and one or two of its
/// end. Holds copies of the key's states, so that the key may go meanwhile. It lies in memory that does not move.
/// </summary>
internal unsafe struct HmacSha1Job
{
    /// <summary>Inner and outer state.</summary>
    public const int StatesLength = 2 * Sha1.StateLength;

    /// <summary>RFC 3711 §4.2.1: the hash is cut to 80 bits.</summary>
    public const int TagLength = 10;

    private byte* _data;
    private byte* _tag;
    private fixed uint _states[StatesLength];
    private fixed byte _end[2 * Sha1.BlockLength];

    /// <summary>Blocks that lie whole in the message.</summary>
    public int WholeBlocks { get; private set; }

    /// <summary>All blocks of the inner hash.</summary>
    public int Blocks { get; private set; }

    public readonly byte* Data => _data;

    /// <summary>The message and a word behind it, which SRTP authenticates together.</summary>
    /// <param name="tag">Where the ten bytes go.</param>
    public void Set(ReadOnlySpan<uint> states, byte* data, int length, uint word, byte* tag)
    {
        _data = data;
        _tag = tag;
        WholeBlocks = length / Sha1.BlockLength;
        int rest = length % Sha1.BlockLength;
        Blocks = WholeBlocks + (rest + 4 + 1 + 8 <= Sha1.BlockLength ? 1 : 2);
        int endLength = (Blocks - WholeBlocks) * Sha1.BlockLength;
        fixed (byte* end = _end)
        fixed (uint* own = _states)
        {
            states.CopyTo(new Span<uint>(own, StatesLength));
            Unsafe.CopyBlockUnaligned(end, data + length - rest, (uint)rest);
            BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(end + rest, 4), word);
            Unsafe.InitBlockUnaligned(end + rest + 4, 0, (uint)(endLength - rest - 4));
            end[rest + 4] = 0x80; // FIPS 180-4 §5.1.1
            ulong bits = (ulong)(Sha1.BlockLength + length + 4) * 8;
            BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(end + endLength - 8, 8), bits);
        }
    }

    /// <summary>The n-th block; beyond the last one it is the last one again.</summary>
    public static byte* Block(HmacSha1Job* job, int index) => index < job->WholeBlocks
        ? job->_data + (index * Sha1.BlockLength)
        : job->_end + ((Math.Min(index, job->Blocks - 1) - job->WholeBlocks) * Sha1.BlockLength);

    public static uint* Inner(HmacSha1Job* job) => job->_states;

    public static uint* Outer(HmacSha1Job* job) => job->_states + Sha1.StateLength;

    /// <summary>The inner hash as the one block of the outer message.</summary>
    public static void SetOuterBlock(HmacSha1Job* job)
    {
        var block = new Span<byte>(job->_end, Sha1.BlockLength);
        for (int i = 0; i < Sha1.StateLength; i++) BinaryPrimitives.WriteUInt32BigEndian(block[(4 * i)..], job->_states[i]);
        block[(4 * Sha1.StateLength)..].Clear();
        block[4 * Sha1.StateLength] = 0x80;
        BinaryPrimitives.WriteUInt16BigEndian(block[^2..], (Sha1.BlockLength + (4 * Sha1.StateLength)) * 8);
    }

    public static byte* OuterBlock(HmacSha1Job* job) => job->_end;

    /// <summary>Writes the tag from the outer hash.</summary>
    public static void WriteTag(HmacSha1Job* job)
    {
        uint* hash = Outer(job);
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(job->_tag, 4), hash[0]);
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(job->_tag + 4, 4), hash[1]);
        BinaryPrimitives.WriteUInt16BigEndian(new Span<byte>(job->_tag + 8, 2), (ushort)(hash[2] >> 16));
    }
}
