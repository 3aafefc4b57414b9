using System.Buffers;
using System.Buffers.Binary;

namespace Protocols.Rtmp;

internal enum RtmpHandshakeResult
{
    NeedMore,
    Done,

    /// <summary>These are not the first bytes of an RTMP connection.</summary>
    Refused,
}

/// <summary>
/// The server's side of the RTMP handshake: the simple one of RTMP 1.0 §5.2, and the one with digests that Flash players
/// and some encoders insist on (<see cref="RtmpDigest"/>).
/// </summary>
internal sealed class RtmpHandshake(IBufferWriter<byte> output, Random random)
{
    /// <summary>The length of C1, C2, S1 and S2.</summary>
    internal const int BlockLength = 1536;

    private const byte Version = 3;
    private static readonly byte[] s_serverVersion = [4, 5, 0, 1];

    private readonly byte[] _c1 = new byte[BlockLength];
    private int _received; // of C0, C1 and C2 in all

    /// <summary>Takes the handshake's bytes off the front of <paramref name="data"/> and writes the answer when due.</summary>
    internal RtmpHandshakeResult Receive(ref ReadOnlySpan<byte> data)
    {
        if (_received == 0)
        {
            if (data.IsEmpty) return RtmpHandshakeResult.NeedMore;
            if (data[0] != Version) return RtmpHandshakeResult.Refused;
            data = data[1..];
            _received = 1;
        }

        if (_received < 1 + BlockLength)
        {
            ReadOnlySpan<byte> taken = Take(ref data, 1 + BlockLength);
            taken.CopyTo(_c1.AsSpan(_received - 1 - taken.Length));
            if (_received < 1 + BlockLength) return RtmpHandshakeResult.NeedMore;
            Answer();
        }

        // What C2 echoes is not looked at: encoders get it wrong, and it proves nothing.
        Take(ref data, 1 + 2 * BlockLength);
        return _received == 1 + 2 * BlockLength ? RtmpHandshakeResult.Done : RtmpHandshakeResult.NeedMore;
    }

    private ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> data, int until)
    {
        ReadOnlySpan<byte> taken = data[..Math.Min(until - _received, data.Length)];
        data = data[taken.Length..];
        _received += taken.Length;
        return taken;
    }

    //  S0: version | S1: time (4), zero or version (4), random (1528) | S2: C1 echoed, or random with a digest
    private void Answer()
    {
        Span<byte> answer = output.GetSpan(1 + 2 * BlockLength)[..(1 + 2 * BlockLength)];
        answer[0] = Version;
        Span<byte> s1 = answer.Slice(1, BlockLength), s2 = answer[(1 + BlockLength)..];
        s1[..8].Clear();
        random.NextBytes(s1[8..]);
        bool claimsDigest = BinaryPrimitives.ReadUInt32BigEndian(_c1.AsSpan(4)) != 0;
        if (claimsDigest && RtmpDigest.TryFindClient(_c1, out RtmpDigestSchema schema, out int offset))
        {
            s_serverVersion.CopyTo(s1[4..]);
            RtmpDigest.SignServer(s1, schema);
            random.NextBytes(s2);
            RtmpDigest.SignEcho(s2, _c1.AsSpan(offset, RtmpDigest.Length));
        }
        else
        {
            _c1.CopyTo(s2);
        }

        output.Advance(answer.Length);
    }
}
