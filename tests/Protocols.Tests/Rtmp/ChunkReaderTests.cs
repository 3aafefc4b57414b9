using System.Buffers;
using Media.Buffers;
using Protocols.Rtmp;

namespace Protocols.Tests.Rtmp;

public sealed class ChunkReaderTests : IDisposable
{
    private readonly BufferPool _pool = new();
    private readonly ChunkReader _reader;
    private readonly List<(RtmpMessageType Type, uint Timestamp, uint StreamId, string Payload)> _messages = [];

    public ChunkReaderTests() => _reader = new ChunkReader(_pool, 8 << 20);

    public void Dispose()
    {
        _reader.Dispose();
        Assert.Equal(0, _pool.Leased);
    }

    [Fact]
    public void All_four_header_formats_are_understood()
    {
        Read("06 0003E8 000002 09 01000000 AABB"); // format 0: time 1000
        Read("46 000028 000003 08 010203");        // format 1: 40 later, other length and type
        Read("86 000014 040506");                  // format 2: 20 later
        Read("C6 070809");                         // format 3: 20 later again
        Assert.Equal(
            [
                (RtmpMessageType.Video, 1000u, 1u, "AABB"), (RtmpMessageType.Audio, 1040u, 1u, "010203"),
                (RtmpMessageType.Audio, 1060u, 1u, "040506"), (RtmpMessageType.Audio, 1080u, 1u, "070809"),
            ],
            _messages);
    }

    [Fact]
    public void A_small_time_is_also_the_delta_of_a_following_format_3()
    {
        Read("06 000028 000001 09 01000000 AA C6 BB C6 CC");
        Assert.Equal([40u, 80u, 120u], _messages.Select(m => m.Timestamp));
    }

    [Fact]
    public void A_large_time_is_no_delta()
    {
        Read("06 0F4240 000001 09 01000000 AA C6 BB");
        Assert.Equal([1_000_000u, 1_000_000u], _messages.Select(m => m.Timestamp));
    }

    [Theory]
    [InlineData("00 05", 69)]
    [InlineData("01 05 01", 325)]
    public void Long_chunk_stream_ids_are_understood(string basicHeader, int id)
    {
        Read(basicHeader + " 000000 000081 09 01000000" + string.Concat(Enumerable.Repeat("11", 128)));
        string continuation = "C" + basicHeader[1..];
        Read(continuation + " 22");
        Assert.Single(_messages);
        Assert.Equal(129, _messages[0].Payload.Length / 2);
        Assert.InRange(id, 64, 65_599);
    }

    [Fact]
    public void Messages_of_several_chunk_streams_may_interleave()
    {
        _reader.ChunkSize = 2;
        Read("04 000001 000003 08 01000000 A1A2");
        Read("06 000002 000003 09 01000000 B1B2");
        Read("C4 A3 C6 B3");
        Assert.Equal(["A1A2A3", "B1B2B3"], _messages.Select(m => m.Payload));
    }

    [Fact]
    public void An_extended_timestamp_is_repeated_in_continuations()
    {
        _reader.ChunkSize = 2;
        Read("06 FFFFFF 000005 09 01000000 01000000 A1A2 C6 01000000 A3A4 C6 01000000 A5");
        Read("86 000010 B1B2 C6 B3B4 C6 B5");
        Assert.Equal([(0x01000000u, "A1A2A3A4A5"), (0x01000010u, "B1B2B3B4B5")], _messages.Select(m => (m.Timestamp, m.Payload)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Continuations_without_the_extended_timestamp_are_understood_too(int pieceLength)
    {
        _reader.ChunkSize = 8;
        const string Message = "06 FFFFFF 00000A 09 01000000 01000000 A1A2A3A4A5A6A7A8 C6 A9AA";
        Read(Message + "46 000010 000009 09 B1B2B3B4B5B6B7B8 C6 B9" + "06 000007 000001 08 01000000 CC", pieceLength);
        Assert.Equal(
            [(0x01000000u, "A1A2A3A4A5A6A7A8A9AA"), (0x01000010u, "B1B2B3B4B5B6B7B8B9"), (7u, "CC")],
            _messages.Select(m => (m.Timestamp, m.Payload)));
    }

    [Fact]
    public void What_follows_a_left_out_extended_timestamp_may_be_whole_messages()
    {
        _reader.ChunkSize = 8;
        Read("05 000000 000001 08 01000000 EE");
        Read("06 FFFFFF 000009 09 01000000 01000000 A1A2A3A4A5A6A7A8 C6 A9 C5 E1 C5 E2 C5 E3");
        Assert.Equal(["EE", "A1A2A3A4A5A6A7A8A9", "E1", "E2", "E3"], _messages.Select(m => m.Payload));
    }

    [Fact]
    public void A_message_begun_anew_drops_its_part()
    {
        _reader.ChunkSize = 2;
        Read("06 000000 000005 09 01000000 A1A2");
        Read("06 000000 000002 09 01000000 B1B2");
        Assert.Equal(["B1B2"], _messages.Select(m => m.Payload));
        Assert.Equal(1, _reader.Abandoned);
    }

    [Fact]
    public void An_aborted_message_is_dropped()
    {
        _reader.ChunkSize = 2;
        Read("06 000000 000005 09 01000000 A1A2");
        _reader.Abort(6);
        _reader.Abort(7);
        Read("C6 B1B2 C6 B3B4 C6 B5");
        Assert.Equal(["B1B2B3B4B5"], _messages.Select(m => m.Payload));
    }

    [Fact]
    public void A_message_may_be_empty()
    {
        Read("06 000000 000000 09 01000000 C6");
        Assert.Equal(["", ""], _messages.Select(m => m.Payload));
    }

    [Fact]
    public void A_length_from_the_wire_costs_nothing_before_its_bytes_came()
    {
        Read("06 000000 700000 09 01000000 AA");
        Assert.Equal(1, _pool.Leased);
        _reader.ChunkSize = 1 << 20;
        Assert.Equal(ChunkReadResult.NeedMore, Feed(new byte[100]));
    }

    [Fact]
    public void A_large_message_grows_as_it_comes()
    {
        byte[] body = new byte[300_000];
        new Random(1).NextBytes(body);
        var output = new ArrayBufferWriter<byte>();
        new ChunkWriter(output) { ChunkSize = 4096 }.Write(6, RtmpMessageType.Video, 1, 0x12345678, body);
        _reader.ChunkSize = 4096;
        Read(Convert.ToHexString(output.WrittenSpan), 1460);
        Assert.Equal(Convert.ToHexString(body), _messages[0].Payload);
        Assert.Equal(0x12345678u, _messages[0].Timestamp);
    }

    [Fact]
    public void The_number_of_chunk_streams_is_bounded()
    {
        for (int id = 0; id < ChunkReader.MaxChunkStreams; id++) Read($"00 {id:X2} 000000 000001 09 01000000 AA");
        Assert.Equal(ChunkReadResult.Fault, Feed(Convert.FromHexString("00FF0000000000010901000000AA")));
        Assert.Equal(RtmpCloseReason.TooManyChunkStreams, _reader.Fault);
    }

    [Fact]
    public void The_bytes_of_all_unfinished_messages_are_bounded()
    {
        using var reader = new ChunkReader(_pool, 100_000) { ChunkSize = 90_000 };
        for (int id = 3; id < 7; id++)
        {
            ReadOnlySpan<byte> data = (byte[])[(byte)id, 0, 0, 0, 0x01, 0x86, 0xA0, 9, 1, 0, 0, 0, .. new byte[90_000]];
            ChunkReadResult result = reader.Read(ref data, out _);
            Assert.Equal(id < 5 ? ChunkReadResult.NeedMore : ChunkReadResult.Fault, result);
        }
    }

    [Theory]
    [InlineData("C6AA")]
    [InlineData("86000000AA")]
    public void A_first_chunk_without_a_length_is_a_fault(string hex)
    {
        Assert.Equal(ChunkReadResult.Fault, Feed(Convert.FromHexString(hex)));
        Assert.Equal(RtmpCloseReason.MalformedChunk, _reader.Fault);
    }

    private void Read(string hex, int pieceLength = int.MaxValue)
    {
        byte[] bytes = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        for (int at = 0; at < bytes.Length; at += Math.Min(pieceLength, bytes.Length))
            Assert.Equal(ChunkReadResult.NeedMore, Feed(bytes.AsSpan(at, Math.Min(pieceLength, bytes.Length - at))));
    }

    private ChunkReadResult Feed(ReadOnlySpan<byte> data)
    {
        while (true)
        {
            ChunkReadResult result = _reader.Read(ref data, out RtmpMessage message);
            if (result != ChunkReadResult.Message) return result;
            _messages.Add((message.Type, message.Timestamp, message.StreamId, Convert.ToHexString(message.Payload)));
            message.Buffer.Dispose();
        }
    }
}
