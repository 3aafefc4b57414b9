using Egress.WebRtc;
using Media.Buffers;
using Media.Rtp;

namespace Egress.Tests.WebRtc;

public sealed class RtpRewriterTests
{
    private readonly byte[] _destination = new byte[256];

    [Fact]
    public void The_header_is_the_viewers_own()
    {
        var rewriter = new RtpRewriter(new RtpStreamParameters(0x01020304, 96, 90_000));
        using Sample sample = new(marker: true);

        int length = rewriter.Write(_destination, sample.Packet, new RtpWireFields(0x1234, 0xAABBCCDD, 7));

        byte[] expected = [0x80, 0xE0, 0x12, 0x34, 0xAA, 0xBB, 0xCC, 0xDD, 1, 2, 3, 4, 0x7C, 0x85, 10, 11, 12];
        Assert.Equal(expected, _destination[..length]);
    }

    [Fact]
    public void Extensions_have_the_one_byte_form_padded_to_words()
    {
        var rewriter = new RtpRewriter(new RtpStreamParameters(1, 96, 90_000)
        {
            Extensions = new RtpHeaderExtensions { TransportSequenceId = 3, MidId = 4, Mid = "0" },
        });
        using Sample sample = new();

        int length = rewriter.Write(_destination, sample.Packet, new RtpWireFields(1, 2, 0x0506));

        byte[] expected = [0xBE, 0xDE, 0, 2, 0x31, 5, 6, 0x40, (byte)'0', 0, 0, 0, 0x7C, 0x85, 10, 11, 12];
        Assert.Equal(0x90, _destination[0]);
        Assert.Equal(expected, _destination[12..length]);
        Assert.Equal(24, rewriter.HeaderLength);
    }

    [Fact]
    public void The_send_time_is_in_seconds_with_18_bits_behind_the_point()
    {
        var rewriter = new RtpRewriter(new RtpStreamParameters(1, 96, 90_000)
        {
            Extensions = new RtpHeaderExtensions { AbsoluteSendTimeId = 2 },
        });
        using Sample sample = new();

        rewriter.Write(_destination, sample.Packet, new RtpWireFields(1, 2, SendTime: 65 * TimeSpan.TicksPerSecond + 5_000_000));

        Assert.Equal([0x22, 0x06, 0x00, 0x00], _destination[16..20]); // 65.5 s, modulo 64
    }

    [Fact]
    public void A_playout_delay_is_sent_only_where_it_was_asked_for()
    {
        var negotiated = new RtpHeaderExtensions { PlayoutDelayId = 5 };
        Assert.Equal(12, new RtpRewriter(new RtpStreamParameters(1, 96, 90_000) { Extensions = negotiated }).HeaderLength);
        var rewriter = new RtpRewriter(new RtpStreamParameters(1, 96, 90_000)
        {
            Extensions = negotiated with { PlayoutDelay = new PlayoutDelay(100, 400) },
        });
        using Sample sample = new();

        rewriter.Write(_destination, sample.Packet, default);

        Assert.Equal([0xBE, 0xDE, 0, 1, 0x52, 0x00, 0xA0, 0x28], _destination[12..20]);
    }

    [Fact]
    public void A_playout_delay_of_nothing_at_all_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PlayoutDelay(0, 0));

    [Fact]
    public void A_retransmission_names_the_original_number_before_the_payload()
    {
        var rewriter = new RtpRewriter(new RtpStreamParameters(1, 96, 90_000, 0x0A0B0C0D, 97));
        using Sample sample = new();

        int length = rewriter.WriteRtx(_destination, sample.Packet, new RtpWireFields(9, 5, 0), 0x1234);

        byte[] expected = [0x80, 97, 0, 9, 0, 0, 0, 5, 0x0A, 0x0B, 0x0C, 0x0D, 0x12, 0x34, 0x7C, 0x85, 10, 11, 12];
        Assert.Equal(expected, _destination[..length]);
    }

    private sealed class Sample : IDisposable
    {
        private readonly PooledBuffer _buffer = new BufferPool().RentCopy([10, 11, 12]);

        public Sample(bool marker = false)
        {
            Packet = new RtpPacket
            {
                Buffer = _buffer, Offset = 0, Length = 3, Prefix = 0x857C, PrefixLength = 2, SequenceNumber = 77,
                Timestamp = 12345, Marker = marker,
            };
        }

        public RtpPacket Packet { get; }

        public void Dispose() => _buffer.Dispose();
    }
}
