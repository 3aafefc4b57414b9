using Rooms.Participants;

namespace Rooms.Tests.Participants;

public class LastNTests
{
    private static readonly RoomVideo[] s_four = [new("a", "a"), new("b", "b"), new("c", "c"), new("d", "d")];

    [Fact]
    public void Before_anybody_spoke_those_who_came_first_are_shown()
    {
        Assert.Equal(["a", "b"], Choose(2, []));
    }

    [Fact]
    public void Those_who_spoke_last_are_shown()
    {
        Assert.Equal(["b", "d"], Choose(2, ["d", "b", "a"]));
        Assert.Equal(["a", "b", "d"], Choose(3, ["d", "b"]));
    }

    [Fact]
    public void A_recent_speaker_without_video_takes_no_place()
    {
        Assert.Equal(["b", "c"], Choose(2, ["gone", "c", "b"]));
    }

    [Fact]
    public void Screens_and_other_protocols_are_always_shown_and_not_counted()
    {
        RoomVideo[] videos = [.. s_four, new RoomVideo("d-screen", null), new RoomVideo("obs", null)];

        Assert.Equal(["d-screen", "obs"], LastN.Choose(0, ["a"], videos).Order(StringComparer.Ordinal));
        Assert.Equal(["a", "d-screen", "obs"], LastN.Choose(1, ["a"], videos).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void More_than_there_are_is_all()
    {
        Assert.Equal(["a", "b", "c", "d"], Choose(100, ["c"]));
    }

    private static IEnumerable<string> Choose(int count, string[] recent) =>
        LastN.Choose(count, [.. recent], s_four).Order(StringComparer.Ordinal);
}
