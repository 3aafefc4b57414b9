using System.Buffers;
using Media.Buffers;
using Media.Flv;
using Protocols.Rtmp;
using TestKit;

namespace Protocols.Tests.Fuzz;

public sealed class RtmpFuzzTests
{
    private const int HandshakeLength = 1 + 2 * RtmpHandshake.BlockLength;
    private readonly BufferPool _pool = new();

    [Fact]
    public void Any_bytes_after_the_handshake_end_in_a_reason_or_in_messages()
    {
        using var leaks = new LeakCheck(_pool);
        byte[] handshake = new RtmpTestClient().ShakeHands().Take();
        Fuzzer.Run(Seeds(), data =>
        {
            using RtmpSession session = Session();
            session.Receive(handshake, 0);
            for (int at = 0; at < data.Length && !session.IsClosed;)
            {
                int length = Math.Min(data.Length - at, 1 + data[at]);
                int taken = session.Receive(data.AsSpan(at, length), 1);
                Assert.InRange(taken, 0, length);
                if (taken == 0) break;
                at += taken;
            }
        });
    }

    [Fact]
    public void Any_first_bytes_are_a_handshake_or_refused()
    {
        byte[] digest = new byte[HandshakeLength];
        digest[0] = 3;
        digest[5] = 9;
        RtmpDigest.SignClient(digest.AsSpan(1, RtmpHandshake.BlockLength), RtmpDigestSchema.KeyThenDigest);
        Fuzzer.Run([new RtmpTestClient().ShakeHands().Take(), digest], data =>
        {
            using RtmpSession session = Session();
            session.Receive(data, 0);
        });
    }

    [Fact]
    public void Any_command_is_parsed_or_refused() =>
        Fuzzer.Run(
            [[2, 0, 7, .. "connect"u8, 0, 0x3F, 0xF0, 0, 0, 0, 0, 0, 0, 5, 2, 0, 1, 65], [0, 2, 0, 1, 65]],
            data =>
            {
                RtmpCommand.TryParse(data, isAmf3: false, out _);
                RtmpCommand.TryParse(data, isAmf3: true, out _);
                RtmpMetadata.TryParse(data, isAmf3: false, out _);
                var parts = new AggregateReader(data, 0);
                while (parts.MoveNext()) Assert.InRange(parts.Offset + parts.Length, 0, data.Length);
            });

    [Fact]
    public void Any_stream_key_is_parsed_or_refused() =>
        Fuzzer.Run(
            ["demo?name=a&token=%20b"u8.ToArray(), "??&=&name=%zz&name=%"u8.ToArray()],
            data => _ = RtmpStreamKey.TryParse(System.Text.Encoding.UTF8.GetString(data), out _, out _));

    private static IEnumerable<byte[]> Seeds()
    {
        yield return new RtmpTestClient().Connect().Publish().Metadata(new AmfProperty("width", 640))
            .Video(0, FlvSamples.AvcHeader()).Audio(0, FlvSamples.AacHeader)
            .Video(40, FlvSamples.AvcFrame(true, length: 400)).Audio(41, FlvSamples.AacFrame()).Take();
        yield return new RtmpTestClient().SetChunkSize(4096).Connect()
            .Command("releaseStream", 2, AmfValue.Null, "demo").Command("FCPublish", 0, AmfValue.Null, "demo").Publish()
            .Video(0x01000000, FlvSamples.AvcFrame(false, length: 9000)).Command("deleteStream", 0, AmfValue.Null, "demo").Take();
        yield return new RtmpTestClient().Connect().Publish()
            .Message(6, RtmpMessageType.Aggregate, 1, 9, [8, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0xAF, 0, 0, 0, 12])
            .Control(RtmpMessageType.Abort, 6).Control(RtmpMessageType.WindowAcknowledgementSize, 1)
            .Message(2, RtmpMessageType.UserControl, 0, 0, [0, 6, 0, 0, 0, 1]).Take();
    }

    private RtmpSession Session()
    {
        var owner = new Acceptor();
        var session = new RtmpSession(
            new RtmpSessionOptions { Pool = _pool }, owner, new ArrayBufferWriter<byte>(), new Random(1), 0);
        owner.Session = session;
        return session;
    }

    private sealed class Acceptor : IRtmpSessionListener
    {
        internal RtmpSession? Session { get; set; }

        public void OnPublish(RtmpPublishRequest request) => Session!.AcceptPublish(0);

        public void OnMedia(RtmpMessageType type, uint timestamp, PooledBuffer buffer, int offset, int length) =>
            _ = buffer.Array.AsSpan(offset, length);

        public void OnMetadata(AmfValue metadata)
        {
        }

        public void OnUnpublish()
        {
        }

        public void OnClosed(RtmpCloseReason reason)
        {
        }
    }
}
