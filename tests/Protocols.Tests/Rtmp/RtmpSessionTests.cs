using Media.Buffers;
using Media.Flv;
using Protocols.Rtmp;
using TestKit;

namespace Protocols.Tests.Rtmp;

public sealed class RtmpSessionTests : IDisposable
{
    private readonly SessionFixture _s = new();

    public void Dispose() => _s.Dispose();

    [Fact]
    public void An_encoder_connects_and_publishes()
    {
        _s.StartPublishing("demo?name=cam-2&token=a%20b");
        RtmpTestAnswerAssert.Names(_s.Client.Answers, "_result", "_result", "onStatus");
        Assert.Equal("NetConnection.Connect.Success", _s.Client.Answers[0].Information["code"].Text);
        Assert.Equal(1, _s.Client.Answers[0].TransactionId);
        Assert.Equal(1, _s.Client.Answers[1].Information.Number);
        Assert.Equal("NetStream.Publish.Start", _s.Client.Status);
        Assert.Equal("status", _s.Client.Answers[2].Information["level"].Text);
        Assert.Equal(1u, _s.Client.Answers[2].StreamId);
        Assert.Equal(new RtmpStreamKey("demo", "cam-2", "a b"), _s.Request!.Key);
        Assert.Equal("FMLE/3.0 (compatible; Test)", _s.Request.Encoder);
        Assert.True(_s.Session.IsPublishing);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Bytes_may_be_split_anywhere(int pieceLength)
    {
        _s.Client.ShakeHands().Connect().Publish().Metadata(new AmfProperty("width", 640))
            .Video(40, Body(1000)).Audio(41, Body(300)).Video(80, Body(1));
        _s.Run(pieceLength);
        Assert.Equal([40u, 41u, 80u], _s.Media.Select(m => m.Timestamp));
        Assert.Equal(Body(1000), _s.Media[0].Body);
        Assert.Equal(Body(300), _s.Media[1].Body);
        Assert.Equal(640, _s.Metadata[0]["width"].Number);
    }

    [Fact]
    public void Nothing_is_taken_while_the_owner_decides()
    {
        _s.AcceptsAtOnce = false;
        _s.Client.ShakeHands().Connect().Publish();
        byte[] before = _s.Client.Take();
        byte[] after = _s.Client.Video(0, Body(10)).Take();
        Assert.Equal(before.Length, _s.Receive([.. before, .. after]));
        Assert.True(_s.Session.IsDeciding);
        Assert.Equal(long.MaxValue, _s.Session.NextDeadline);
        _s.Session.AcceptPublish(_s.Now);
        _s.Receive(after);
        Assert.Equal("NetStream.Publish.Start", _s.Client.Status);
        Assert.Single(_s.Media);
    }

    [Fact]
    public void A_refused_encoder_is_told_why_and_disconnected()
    {
        _s.AcceptsAtOnce = false;
        _s.StartPublishing();
        _s.Session.RejectPublish(RtmpStatus.PublishBadName, "Taken; use ?name=.");
        _s.Answer();
        Assert.Equal("NetStream.Publish.BadName", _s.Client.Status);
        Assert.Equal("error", _s.Client.Answers[^1].Information["level"].Text);
        Assert.Equal("Taken; use ?name=.", _s.Client.Answers[^1].Information["description"].Text);
        Assert.Equal(RtmpCloseReason.Refused, _s.Closed);
        Assert.Equal(0, _s.Unpublished);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-demo")]
    [InlineData("de mo")]
    [InlineData("demo?name=a/b")]
    [InlineData("x1234567890123456789012345678901234567890123456789012345678901234")]
    public void A_bad_name_is_refused_with_what_is_allowed(string key)
    {
        _s.StartPublishing(key);
        Assert.Equal("NetStream.Publish.BadName", _s.Client.Status);
        Assert.Contains("letters, digits", _s.Client.Answers[^1].Information["description"].Text, StringComparison.Ordinal);
        Assert.Null(_s.Request);
        Assert.True(_s.Session.IsClosed);
    }

    [Fact]
    public void Another_app_is_refused_with_the_right_one()
    {
        _s.Client.ShakeHands().Connect("stream");
        _s.Run();
        Assert.Equal("_error", _s.Client.Answers[0].Name);
        Assert.Equal("NetConnection.Connect.InvalidApp", _s.Client.Answers[0].Information["code"].Text);
        Assert.Contains("/live", _s.Client.Answers[0].Information["description"].Text, StringComparison.Ordinal);
        Assert.Equal(RtmpCloseReason.Refused, _s.Closed);
    }

    [Theory]
    [InlineData("live/")]
    [InlineData("live?x=1")]
    public void The_app_may_have_a_slash_or_a_query(string app)
    {
        _s.Client.ShakeHands().Connect(app);
        _s.Run();
        Assert.Equal("_result", _s.Client.Answers[0].Name);
    }

    [Fact]
    public void Play_is_refused_clearly()
    {
        _s.Client.ShakeHands().Connect().Command("createStream", 2, AmfValue.Null).Command("play", 0, 1, AmfValue.Null, "demo");
        _s.Run();
        Assert.Equal("NetStream.Play.Failed", _s.Client.Status);
        Assert.True(_s.Session.IsClosed);
    }

    [Fact]
    public void Release_and_FCPublish_are_answered_only_where_an_answer_is_wanted()
    {
        _s.Client.ShakeHands().Connect()
            .Command("releaseStream", 2, AmfValue.Null, "demo").Command("FCPublish", 0, AmfValue.Null, "demo");
        _s.Run();
        Assert.Equal([1.0, 2.0], _s.Client.Answers.Select(answer => answer.TransactionId));
    }

    [Fact]
    public void An_encoder_that_announced_itself_is_told_in_the_same_way()
    {
        _s.Client.ShakeHands().Connect().Command("FCPublish", 0, AmfValue.Null, "demo").Publish();
        _s.Run();
        RtmpTestAnswerAssert.Names(_s.Client.Answers, "_result", "_result", "onFCPublish", "onStatus");
    }

    [Fact]
    public void Deleting_a_stream_that_was_never_used_ends_nothing()
    {
        _s.StartPublishing();
        _s.Client.Command("createStream", 7, AmfValue.Null).Command("deleteStream", 8, AmfValue.Null, 2);
        _s.Run();
        Assert.True(_s.Session.IsPublishing);
        _s.Client.Command("deleteStream", 9, AmfValue.Null, 1);
        _s.Run();
        Assert.False(_s.Session.IsPublishing);
    }

    [Fact]
    public void Media_costs_no_allocation()
    {
        var listener = new SilentListener();
        var session = new RtmpSession(
            new RtmpSessionOptions { Pool = _s.Pool }, listener, new System.Buffers.ArrayBufferWriter<byte>(1 << 16), new Random(1), 0);
        listener.Session = session;
        session.Receive(_s.Client.ShakeHands().SetChunkSize(4096).Connect().Publish().Take(), 0);
        byte[] media = _s.Client.Video(40, Body(100_000)).Audio(41, Body(300)).Video(80, Body(2_000)).Take();
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 50; i++) session.Receive(media, i);
        });
        Assert.Equal(0, listener.Messages % 150);
        session.Dispose();
    }

    [Fact]
    public void An_unknown_method_is_answered_with_an_error_and_goes_on()
    {
        _s.Client.ShakeHands().Connect().Command("getStreamLength", 2, AmfValue.Null).Publish();
        _s.Run();
        Assert.Equal("_error", _s.Client.Answers[1].Name);
        Assert.True(_s.Session.IsPublishing);
    }

    [Fact]
    public void The_chunk_size_may_change_before_connect()
    {
        _s.Client.ShakeHands().SetChunkSize(4096).Connect().Publish().Video(0, Body(5000)).SetChunkSize(1 << 20).Video(1, Body(50_000));
        _s.Run(333);
        Assert.Equal([5000, 50_000], _s.Media.Select(m => m.Body.Length));
    }

    [Fact]
    public void The_stream_may_be_deleted_by_its_name_and_published_again()
    {
        _s.StartPublishing();
        _s.Client.Command("FCUnpublish", 0, AmfValue.Null, "demo").Command("deleteStream", 0, AmfValue.Null, "demo");
        _s.Run();
        Assert.Equal(1, _s.Unpublished);
        Assert.Equal("NetStream.Unpublish.Success", _s.Client.Status);
        _s.Client.Publish("again");
        _s.Run();
        Assert.Equal("again", _s.Request!.Key.Room);
        Assert.Equal("NetStream.Publish.Start", _s.Client.Status);
    }

    [Fact]
    public void Media_that_was_not_asked_for_is_passed_over()
    {
        _s.Client.ShakeHands().Connect().Video(0, Body(10));
        _s.Run();
        Assert.Empty(_s.Media);
        Assert.Equal(1, _s.Session.MessagesSkipped);
    }

    [Fact]
    public void Parts_of_an_aggregate_count_their_times_from_its_own()
    {
        _s.StartPublishing();
        byte[] aggregate =
        [
            8, 0, 0, 3, 0, 0, 100, 0, 0, 0, 0, 0xAF, 1, 7, 0, 0, 0, 14,
            9, 0, 0, 2, 0, 0, 133, 0, 0, 0, 0, 0x27, 9, 0, 0, 0, 13,
        ];
        _s.Client.Message(6, RtmpMessageType.Aggregate, 1, 5000, aggregate);
        _s.Run();
        Assert.Equal([(RtmpMessageType.Audio, 5000u), (RtmpMessageType.Video, 5033u)], _s.Media.Select(m => (m.Type, m.Timestamp)));
        Assert.Equal([0xAF, 1, 7], _s.Media[0].Body);
        Assert.Equal([0x27, 9], _s.Media[1].Body);
    }

    [Fact]
    public void A_commands_in_the_form_of_AMF3_is_understood()
    {
        _s.Client.ShakeHands().Connect();
        _s.Run();
        byte[] body = [0, 2, 0, 12, .. "createStream"u8, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 5];
        _s.Client.Message(3, RtmpMessageType.CommandAmf3, 0, 0, body);
        _s.Run();
        Assert.Equal(2, _s.Client.Answers[^1].TransactionId);
    }

    [Fact]
    public void Malformed_commands_and_unknown_messages_are_passed_over()
    {
        _s.StartPublishing();
        _s.Client.Message(3, RtmpMessageType.Command, 0, 0, [0xFF, 1, 2])
            .Message(3, (RtmpMessageType)99, 0, 0, [1]).Message(3, RtmpMessageType.Command, 0, 0, []).Video(5, Body(9));
        _s.Run();
        Assert.Equal(3, _s.Session.MessagesSkipped);
        Assert.Single(_s.Media);
    }

    [Fact]
    public void Received_bytes_are_acknowledged_by_window()
    {
        _s.StartPublishing();
        _s.Client.Control(RtmpMessageType.WindowAcknowledgementSize, 10_000).SetChunkSize(65_536);
        _s.Run();
        _s.Client.Controls.Clear();
        for (int i = 0; i < 5; i++)
        {
            _s.Client.Video((uint)i, Body(5_000));
            _s.Run();
        }

        Assert.Equal(2, _s.Client.Controls.Count(c => c.Type == RtmpMessageType.Acknowledgement));
    }

    [Fact]
    public void A_ping_is_answered_with_its_time()
    {
        _s.StartPublishing();
        _s.Client.Message(2, RtmpMessageType.UserControl, 0, 0, [0, 6, 1, 2, 3, 4]);
        _s.Run();
        Assert.Equal((RtmpMessageType.UserControl, "000701020304"), (_s.Client.Controls[^1].Type, Convert.ToHexString(_s.Client.Controls[^1].Payload)));
    }

    [Fact]
    public void A_message_that_is_too_large_ends_the_session()
    {
        _s.StartPublishing();
        _s.Client.Raw([6, 0, 0, 0, 0xFF, 0xFF, 0xFF, 9, 1, 0, 0, 0]);
        _s.Run();
        Assert.Equal(RtmpCloseReason.MessageTooLarge, _s.Closed);
        Assert.Equal(1, _s.Unpublished);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("\u0016\u0003\u0001")]
    [InlineData("\u0006")]
    public void What_is_no_rtmp_is_closed_at_once(string text)
    {
        _s.Receive(System.Text.Encoding.Latin1.GetBytes(text));
        Assert.Equal(RtmpCloseReason.NotRtmp, _s.Closed);
    }

    [Fact]
    public void Close_is_idempotent_and_tells_the_encoder()
    {
        _s.StartPublishing();
        _s.Session.Close(RtmpCloseReason.Kicked, "Kicked.");
        _s.Session.Close(RtmpCloseReason.PeerClosed, "");
        _s.Answer();
        Assert.Equal(RtmpCloseReason.Kicked, _s.Session.CloseReason);
        Assert.Equal(1, _s.Unpublished);
        Assert.Equal("Kicked.", _s.Client.Answers[^1].Information["description"].Text);
        Assert.Equal(3, _s.Session.Receive([1, 2, 3], _s.Now));
    }

    private sealed class SilentListener : IRtmpSessionListener
    {
        public RtmpSession? Session { get; set; }

        public int Messages { get; private set; }

        public void OnPublish(RtmpPublishRequest request) => Session!.AcceptPublish(0);

        public void OnMedia(RtmpMessageType type, uint timestamp, PooledBuffer buffer, int offset, int length) => Messages++;

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

    private static byte[] Body(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
}
