using Media.Rtp;
using Rooms.Publishing;
using Rooms.Tracks;
using TestKit;

namespace Rooms.Tests.Tracks;

public sealed class PacketTrackTests
{
    private readonly TestRoom _room = new();
    private readonly PublicationWriter _writer;
    private readonly BatchSink _sink = new();
    private readonly TestEncoding _source;

    public PacketTrackTests()
    {
        _writer = _room.PublishOrThrow();
        _source = new TestEncoding(_room, _writer);
        _source.WriteFrame(isKeyframe: true);
        Track.Subscribe(_sink);
    }

    private PacketTrack Track => (PacketTrack)_writer.Publication.Video!;

    [Fact]
    public void What_came_in_one_turn_is_handed_on_together_at_its_end()
    {
        InOneTurn(() =>
        {
            for (int i = 0; i < 3; i++) _source.WriteFrame();
            Assert.Empty(_sink.Batches);
            Assert.Equal(4, Track.History.Next);
        });
        Assert.Equal([1L, 2L, 3L], Assert.Single(_sink.Batches));
    }

    [Fact]
    public void Outside_of_a_turn_a_packet_is_handed_on_at_once()
    {
        _source.WriteFrame();
        _source.WriteFrame();
        Assert.Equal([[1L], [2L]], _sink.Batches);
    }

    [Fact]
    public void A_track_that_closes_hands_on_what_came_before()
    {
        InOneTurn(() =>
        {
            _source.WriteFrame();
            Track.Close(CloseReason.Kicked);
        });
        Assert.Equal([1L], Assert.Single(_sink.Batches));
        Assert.Equal(1, _sink.BatchesBeforeTheEnd);
    }

    [Fact]
    public void A_taker_that_came_in_the_middle_of_a_turn_gets_what_is_not_handed_on_yet()
    {
        var late = new BatchSink();
        InOneTurn(() =>
        {
            _source.WriteFrame();
            Track.Subscribe(late);
            _source.WriteFrame();
        });
        Assert.Equal([1L, 2L], Assert.Single(late.Batches));
    }

    [Fact]
    public void Packets_that_nobody_takes_are_only_kept()
    {
        var nobody = new TestEncoding(_room, _writer, format: TestRoom.AudioFormat);
        InOneTurn(() => nobody.WriteFrame());
        Assert.Equal(1, ((PacketTrack)_writer.Publication.Audio!).History.Next);
    }

    private void InOneTurn(Action work)
    {
        _room.Test.Loop.Post(work);
        _room.Test.Loop.Turn();
    }

    private sealed class BatchSink : IPacketSink
    {
        public List<long[]> Batches { get; } = [];

        public int BatchesBeforeTheEnd { get; private set; } = -1;

        public void OnPackets(ReadOnlySpan<RtpPacket> packets) =>
            Batches.Add([.. packets.ToArray().Select(packet => packet.SequenceNumber)]);

        public void OnClosed(CloseReason reason) => BatchesBeforeTheEnd = Batches.Count;
    }
}
