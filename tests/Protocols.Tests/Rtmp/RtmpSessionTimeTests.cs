using Media.Scheduling;
using Protocols.Rtmp;
using TestKit;

namespace Protocols.Tests.Rtmp;

public sealed class RtmpSessionTimeTests : IDisposable
{
    private readonly SessionFixture _s = new();

    public void Dispose() => _s.Dispose();

    [Fact]
    public void A_silent_encoder_is_pinged_and_given_up_within_ten_seconds()
    {
        _s.StartPublishing();
        _s.Client.Controls.Clear();
        Assert.Equal(_s.Now + 4 * MonotonicClock.TicksPerSecond, _s.Session.NextDeadline);
        _s.Advance(4);
        Assert.Equal(RtmpMessageType.UserControl, Assert.Single(_s.Client.Controls).Type);
        Assert.Equal(_s.Now + 5 * MonotonicClock.TicksPerSecond, _s.Session.NextDeadline);
        _s.Advance(4.9);
        Assert.Null(_s.Closed);
        _s.Advance(0.1);
        Assert.Equal(RtmpCloseReason.PeerSilent, _s.Closed);
        Assert.Equal(1, _s.Unpublished);
    }

    [Fact]
    public void The_answer_to_a_ping_is_a_sign_of_life()
    {
        _s.StartPublishing();
        for (int i = 0; i < 5; i++)
        {
            _s.Advance(4);
            _s.Client.Message(2, RtmpMessageType.UserControl, 0, 0, [0, 7, 0, 0, 0, 0]);
            _s.Run();
        }

        Assert.Null(_s.Closed);
        Assert.Equal(5, _s.Client.Controls.Count(c => c.Type == RtmpMessageType.UserControl && c.Payload[1] == 6));
    }

    [Fact]
    public void An_encoder_that_pauses_but_answers_goes_on_with_its_publication()
    {
        _s.StartPublishing();
        for (int i = 0; i < 8; i++) // 32 s without media
        {
            _s.Advance(4);
            _s.Client.Message(2, RtmpMessageType.UserControl, 0, 0, [0, 7, 0, 0, 0, 0]);
            _s.Run();
        }

        Assert.Equal(0, _s.Unpublished);
        int before = _s.Media.Count;
        _s.Client.Video(32_000, FlvSamples.AvcFrame(isKeyframe: true));
        _s.Run();
        Assert.Equal(before + 1, _s.Media.Count);
        _s.Advance(8.9);
        Assert.Null(_s.Closed);
        _s.Advance(0.1);
        Assert.Equal(RtmpCloseReason.PeerSilent, _s.Closed);
    }

    [Fact]
    public void A_part_of_a_message_is_a_sign_of_life()
    {
        _s.StartPublishing();
        byte[] message = _s.Client.Video(0, new byte[2000]).Take();
        _s.Receive(message[..500]);
        _s.Advance(8);
        _s.Receive(message[500..501]);
        _s.Advance(8);
        Assert.Null(_s.Closed);
        _s.Advance(1);
        Assert.Equal(RtmpCloseReason.PeerSilent, _s.Closed);
    }

    [Fact]
    public void A_connection_that_publishes_nothing_is_closed()
    {
        _s.Client.ShakeHands().Connect();
        _s.Run();
        for (int i = 0; i < 6; i++)
        {
            _s.Advance(3);
            _s.Client.Message(2, RtmpMessageType.UserControl, 0, 0, [0, 7, 0, 0, 0, 0]);
            _s.Run();
        }

        Assert.Null(_s.Closed);
        _s.Advance(2);
        Assert.Equal(RtmpCloseReason.NothingPublished, _s.Closed);
    }

    [Fact]
    public void A_handshake_that_stops_is_given_up()
    {
        _s.Receive([3, 0, 0, 0]);
        _s.Advance(9);
        Assert.Equal(RtmpCloseReason.PeerSilent, _s.Closed);
    }
}
