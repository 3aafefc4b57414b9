using Media.Rtp;
using Rooms.Tracks;
using TestKit;

namespace Rooms.Tests.Tracks;

/// <summary>A track of loop 0 as the takers of loop 1 have it.</summary>
public sealed class RelayedTrackTests
{
    private readonly TestRoom _room = new(loops: 2);
    private readonly FakePacketTrack _source;
    private readonly CollectingPacketSink _sink = new();

    public RelayedTrackTests() => _source = Source();

    private TestLoops Loops => _room.Loops;

    [Fact]
    public void A_taker_of_another_loop_gets_what_the_source_has_in_one_batch_for_each_turn()
    {
        PacketTrack relayed = Take();
        _source.WriteFrame(3000, packets: 3, isKeyframe: true);
        Assert.Empty(_sink.Packets);
        Loops.Run();
        _source.WriteFrame(6000, packets: 2);
        Loops.Run();
        Assert.Equal([3000L, 3000, 3000, 6000, 6000], _sink.Packets.Select(packet => packet.Timestamp));
        Assert.Equal(Enumerable.Range(1000, 5).Select(number => (long)number), _sink.Packets.Select(packet => packet.SequenceNumber));
        Assert.Same(Loops[1], relayed.Loop);
        Assert.Equal((1000, 1005), (relayed.History.GroupStart, relayed.History.Next));
    }

    [Fact]
    public void Who_joins_finds_the_group_and_the_latest_packets_in_a_history_of_its_own()
    {
        for (int i = 0; i < 100; i++) _source.WriteFrame(i, isKeyframe: i == 10);
        PacketTrack relayed = Take();
        Loops.Run();
        Assert.Empty(_sink.Packets); // they are not live
        Assert.Equal((1010, 1010, 1100), (relayed.History.First, relayed.History.GroupStart, relayed.History.Next));
        _source.History.Clear();
        Assert.True(relayed.History.TryGet(1050, out RtpPacket packet));
        Assert.Equal(50, packet.Timestamp);
        for (int i = 100; i < 110; i++) _source.WriteFrame(i);
        Loops.Run();
        Assert.Equal(1010, relayed.History.GroupStart);
        Assert.Equal(10, _sink.Packets.Count);
    }

    [Fact]
    public void All_takers_of_a_loop_share_one_and_the_home_loop_has_the_track_itself()
    {
        Assert.Same(_source, _source.On(Loops[0]));
        PacketTrack relayed = Take();
        Assert.Same(relayed, _source.On(Loops[1]));
        relayed.Subscribe(new CollectingPacketSink());
        Assert.Equal((1, 2), (_source.SubscriberCount, _source.TakerCount));
    }

    [Fact]
    public void What_nobody_takes_any_more_is_dropped_after_a_while_and_made_anew_when_asked_for()
    {
        PacketTrack relayed = _source.On(Loops[1]);
        Loops.Run();
        Subscription subscription = relayed.Subscribe(_sink);
        Loops.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(relayed.Closed);
        subscription.Dispose();
        Loops.Advance(new RoomOptions().KeepUnusedConversion - TimeSpan.FromMilliseconds(1));
        Assert.Equal((null, 1), (relayed.Closed, _source.SubscriberCount));
        Loops.AdvanceMilliseconds(1);
        Assert.Equal((CloseReason.Unused, 0), (relayed.Closed, _source.SubscriberCount));
        Assert.NotSame(relayed, _source.On(Loops[1]));
        Loops.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, _source.SubscriberCount); // nobody came for that one
    }

    [Fact]
    public void A_source_that_costs_an_encoder_is_given_back_soon()
    {
        FakePacketTrack costly = Source(costs: true);
        Subscription subscription = costly.On(Loops[1]).Subscribe(_sink);
        Loops.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, costly.SubscriberCount);
        subscription.Dispose();
        Loops.AdvanceMilliseconds(249);
        Assert.Equal(1, costly.SubscriberCount);
        Loops.AdvanceMilliseconds(1);
        Assert.Equal(0, costly.SubscriberCount);
    }

    [Fact]
    public void However_many_takers_ask_for_a_keyframe_the_source_is_asked_once()
    {
        PacketTrack relayed = Take();
        for (int i = 0; i < 100; i++) relayed.RequestKeyframe();
        Loops.Run();
        Assert.Equal(1, _source.KeyframeRequests);
        relayed.RequestKeyframe();
        Loops.Run();
        Assert.Equal(2, _source.KeyframeRequests);
    }

    [Fact]
    public void What_is_to_be_known_of_the_source_comes_before_the_packet_and_else_each_second()
    {
        PacketTrack relayed = Take();
        Assert.Equal(TestRoom.VideoFormat, relayed.Format);
        Media.TrackFormat larger = TestRoom.VideoFormat with { Version = 1 };
        _source.ChangeFormat(larger);
        _source.WriteFrame(0, isKeyframe: true);
        Media.TrackFormat? seen = null;
        _sink.OnEach = () => seen = relayed.Format;
        Loops.Run();
        Assert.Same(larger, seen);

        Assert.False(relayed.AnswersKeyframeRequests);
        _source.Answers = true;
        Loops.Advance(TimeSpan.FromSeconds(1));
        Assert.True(relayed.AnswersKeyframeRequests);
    }

    [Fact]
    public void It_ends_with_its_source_behind_the_last_packets()
    {
        PacketTrack relayed = Take();
        _source.WriteFrame(0, packets: 2);
        _source.Close(CloseReason.FormatChanged);
        Assert.Null(relayed.Closed);
        Loops.Run();
        Assert.Equal((2, CloseReason.FormatChanged), (_sink.Packets.Count, _sink.Closed));
        Assert.True(relayed.History.IsEmpty);
    }

    [Fact]
    public void A_loop_that_is_behind_loses_what_is_beyond_the_bound_and_nothing_leaks()
    {
        using var leaks = new LeakCheck(_room.Pool);
        Take();
        Loops.Run();
        for (int i = 0; i < TrackRelay.MostWaiting + 10; i++)
        {
            _source.WriteFrame(i);
            Loops.Run(0);
        }

        Assert.Equal(10, _room.Registry.Context.Relays.Dropped);
        Loops.Run();
        Assert.Equal(TrackRelay.MostWaiting, _sink.Packets.Count);
        _source.WriteFrame(100_000);
        Loops.Run();
        Assert.Equal(TrackRelay.MostWaiting + 1, _sink.Packets.Count);
        _source.Close(CloseReason.Left);
        Loops.Run();
    }

    [Fact]
    public void Relaying_a_packet_allocates_nothing()
    {
        Take();
        _sink.Keeps = false;
        int time = 0;
        for (int i = 0; i < 12_000; i++) Step(); // the histories have their size then
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 100; i++) Step();
        });

        void Step()
        {
            _source.WriteFrame(time++, packets: 3, isKeyframe: time % 50 == 0);
            Loops.Run(0);
            Loops.Run(1);
        }
    }

    private FakePacketTrack Source(bool costs = false) =>
        new("video", _room.PublishOrThrow().Publication, _room.Pool, TestRoom.VideoFormat) { Costs = costs };

    private PacketTrack Take()
    {
        PacketTrack relayed = _source.On(Loops[1]);
        Loops.Run();
        relayed.Subscribe(_sink);
        return relayed;
    }
}
