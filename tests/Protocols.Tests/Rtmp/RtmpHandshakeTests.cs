using System.Buffers;
using Protocols.Rtmp;

namespace Protocols.Tests.Rtmp;

public sealed class RtmpHandshakeTests
{
    private const int Block = RtmpHandshake.BlockLength;
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly RtmpHandshake _handshake;

    public RtmpHandshakeTests() => _handshake = new RtmpHandshake(_output, new Random(3));

    [Fact]
    public void The_simple_handshake_echoes_the_clients_block()
    {
        byte[] c1 = Noise(4);
        c1.AsSpan(4, 4).Clear();
        Assert.Equal(RtmpHandshakeResult.NeedMore, Receive([3, .. c1]));
        Assert.Equal(1 + 2 * Block, _output.WrittenCount);
        Assert.Equal(3, _output.WrittenSpan[0]);
        Assert.Equal(c1, _output.WrittenSpan[(1 + Block)..].ToArray());
        Assert.Equal(RtmpHandshakeResult.Done, Receive(Noise(5)));
    }

    [Fact]
    public void A_version_without_a_digest_gets_the_simple_handshake()
    {
        byte[] c1 = Noise(6);
        Receive([3, .. c1]);
        Assert.Equal(c1, _output.WrittenSpan[(1 + Block)..].ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_digest_is_answered_in_its_own_schema(int schema)
    {
        byte[] c1 = Noise(7);
        c1[4] = 9;
        RtmpDigest.SignClient(c1, (RtmpDigestSchema)schema);
        Assert.True(RtmpDigest.TryFindClient(c1, out RtmpDigestSchema found, out int offset));
        Assert.Equal(schema, (int)found);

        Receive([3, .. c1]);
        byte[] s1 = _output.WrittenSpan.Slice(1, Block).ToArray(), s2 = _output.WrittenSpan[(1 + Block)..].ToArray();
        Assert.True(RtmpDigest.TryFindServer(s1, out found, out _));
        Assert.Equal(schema, (int)found);
        byte[] signed = [.. s2];
        RtmpDigest.SignEcho(signed, c1.AsSpan(offset, RtmpDigest.Length));
        Assert.Equal(signed, s2);
    }

    [Fact]
    public void Bytes_after_the_handshake_are_left()
    {
        byte[] all = [3, .. Noise(8), .. Noise(9), 1, 2, 3];
        ReadOnlySpan<byte> data = all;
        Assert.Equal(RtmpHandshakeResult.Done, _handshake.Receive(ref data));
        Assert.Equal(3, data.Length);
    }

    private RtmpHandshakeResult Receive(byte[] bytes)
    {
        ReadOnlySpan<byte> data = bytes;
        RtmpHandshakeResult result = RtmpHandshakeResult.NeedMore;
        while (!data.IsEmpty)
        {
            ReadOnlySpan<byte> piece = data[..Math.Min(100, data.Length)];
            data = data[piece.Length..];
            result = _handshake.Receive(ref piece);
            Assert.True(piece.IsEmpty);
        }

        return result;
    }

    private static byte[] Noise(int seed)
    {
        byte[] noise = new byte[Block];
        new Random(seed).NextBytes(noise);
        return noise;
    }
}
