using Rooms.Publishing;
using TestKit;

namespace Rooms.Tests.Publishing;

public class TakeoverTests
{
    [Fact]
    public void The_same_credential_takes_over_and_the_old_publisher_is_told()
    {
        var room = new TestRoom();
        var first = new TestPublisher();
        room.Publish(first);

        PublishResult second = room.Publish();

        Assert.True(second.IsAccepted);
        Assert.Equal(CloseReason.Replaced, first.Removed);
        Assert.Single(room.Registry.Find("demo")!.Publications);
    }

    [Theory]
    [InlineData("rtmp", "somebody else")]
    [InlineData("whip", "a")]
    public void Another_credential_or_entrance_is_refused(string entrance, string owner)
    {
        var room = new TestRoom();
        var first = new TestPublisher();
        room.Publish(first);

        PublishResult second = room.Publish(entrance: entrance, owner: owner);

        Assert.Equal(PublishRefusal.NameTaken, second.Refusal);
        Assert.False(second.IsAccepted);
        Assert.Null(first.Removed);
    }

    [Fact]
    public void Another_name_in_the_room_is_free()
    {
        var room = new TestRoom();
        room.Publish();

        Assert.True(room.Publish(name: "second", owner: "b").IsAccepted);
        Assert.Equal(2, room.Registry.Find("demo")!.Publications.Length);
    }

    [Fact]
    public void The_third_takeover_within_ten_seconds_is_refused()
    {
        var room = new TestRoom();
        room.Publish();

        Assert.True(room.Publish().IsAccepted);
        room.Test.AdvanceMilliseconds(4000);
        Assert.True(room.Publish().IsAccepted);
        room.Test.AdvanceMilliseconds(4000);
        Assert.Equal(PublishRefusal.TakeoverTooOften, room.Publish().Refusal);
        room.Test.AdvanceMilliseconds(2001);
        Assert.True(room.Publish().IsAccepted);
    }

    [Fact]
    public void The_policy_reject_refuses_until_the_publisher_has_gone()
    {
        var room = new TestRoom(new RoomOptions { Takeover = TakeoverPolicy.Reject });
        PublicationWriter writer = room.PublishOrThrow();
        Assert.Equal(PublishRefusal.NameTaken, room.Publish().Refusal);

        writer.Close(CloseReason.Left);
        room.Test.Run();

        Assert.True(room.Publish().IsAccepted);
    }

    [Fact]
    public void The_policy_when_idle_waits_for_five_seconds_without_media()
    {
        var room = new TestRoom(new RoomOptions { Takeover = TakeoverPolicy.WhenIdle });
        PublicationWriter writer = room.PublishOrThrow();
        room.Test.AdvanceMilliseconds(4000);
        room.Write(writer, TestRoom.VideoFormat, 0, isKeyframe: true);
        room.Test.AdvanceMilliseconds(4000);
        Assert.Equal(PublishRefusal.NameTaken, room.Publish().Refusal);

        room.Test.AdvanceMilliseconds(2000);

        Assert.True(room.Publish().IsAccepted);
    }

    [Fact]
    public void A_room_may_have_a_policy_of_its_own()
    {
        var options = new RoomOptions
        {
            TakeoverByRoom = new Dictionary<string, TakeoverPolicy> { ["stage"] = TakeoverPolicy.Reject, ["desk"] = TakeoverPolicy.WhenIdle },
        };
        var room = new TestRoom(options);
        foreach (string name in (string[])["stage", "desk", "demo"]) room.Publish(room: name);
        Assert.Equal(PublishRefusal.NameTaken, room.Publish(room: "stage").Refusal);
        Assert.Equal(PublishRefusal.NameTaken, room.Publish(room: "desk").Refusal);
        Assert.True(room.Publish(room: "demo").IsAccepted);

        room.Test.AdvanceMilliseconds(6000);

        Assert.Equal(PublishRefusal.NameTaken, room.Publish(room: "stage").Refusal);
        Assert.True(room.Publish(room: "desk").IsAccepted);
    }

    [Fact]
    public void A_replaced_publisher_can_write_no_more()
    {
        var room = new TestRoom();
        PublicationWriter first = room.PublishOrThrow();
        room.Publish();

        Assert.False(room.Write(first, TestRoom.VideoFormat, 0, isKeyframe: true));
        Assert.Equal(0, room.Pool.Leased);
    }

    [Fact]
    public void A_name_whose_publisher_is_away_is_free_for_another_party()
    {
        var room = new TestRoom();
        room.PublishOrThrow().Close(CloseReason.Left);
        room.Test.Run();
        Publication before = room.Registry.Find("demo")!.Publications[0];

        Assert.True(room.Publish(owner: "b").IsAccepted);
        Publication after = Assert.Single(room.Registry.Find("demo")!.Publications);
        Assert.NotSame(before, after);
        Assert.Equal(PublicationState.Ended, before.State);
    }
}
