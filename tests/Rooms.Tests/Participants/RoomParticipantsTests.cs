using Media;
using Media.Scheduling;
using Rooms.Participants;

namespace Rooms.Tests.Participants;

public class RoomParticipantsTests
{
    private const long Second = MonotonicClock.TicksPerSecond;

    private readonly RoomParticipants _room = new(capacity: 3, TimeSpan.FromSeconds(30));
    private int _next;

    [Fact]
    public void Participants_are_listed_in_the_order_of_joining()
    {
        Participant ada = Join("Ada");
        Participant grace = Join("Grace");

        Assert.Equal([ada, grace], _room.All.ToArray());
        Assert.Same(grace, _room.Find(grace.Id));
        Assert.Null(_room.Find("nobody"));
    }

    [Fact]
    public void Two_may_have_the_same_name_and_are_told_apart_by_id()
    {
        Assert.NotEqual(Join("Ada").Id, Join("Ada").Id);
    }

    [Fact]
    public void Who_finds_no_place_is_refused_and_who_returns_has_one()
    {
        Participant first = Join("1");
        Join("2");
        Join("3");
        _room.OnConnectionLost(first, 0);

        Assert.Equal(new JoinResult(JoinOutcome.RoomFull, null), _room.Join("4", null, Fresh(), Second));
        Assert.Equal(new JoinResult(JoinOutcome.Resumed, first), _room.Join("1", first.ResumeSecret, Fresh(), Second));
        Assert.Equal(3, _room.All.Length);
    }

    [Fact]
    public void The_place_of_one_who_is_away_is_kept_for_30_seconds()
    {
        Participant ada = Join("Ada");
        _room.OnConnectionLost(ada, 5 * Second);

        Assert.True(ada.IsAway);
        Assert.Empty(_room.Expire((35 * Second) - 1));
        Assert.Equal([ada], _room.Expire(35 * Second).ToArray());
        Assert.True(_room.IsEmpty);
        Assert.Empty(_room.Expire(36 * Second));
    }

    [Fact]
    public void Who_returns_in_time_has_the_same_place_and_may_have_another_name()
    {
        Participant ada = Join("Ada");
        _room.OnConnectionLost(ada, 0);

        JoinResult result = _room.Join("Ada L.", ada.ResumeSecret, Fresh(), 29 * Second);

        Assert.Equal(JoinOutcome.Resumed, result.Outcome);
        Assert.Same(ada, result.Participant);
        Assert.False(ada.IsAway);
        Assert.Equal("Ada L.", ada.Name);
        Assert.Empty(_room.Expire(60 * Second));
    }

    [Fact]
    public void Who_returns_too_late_is_somebody_new_even_before_the_old_place_is_cleared()
    {
        Participant ada = Join("Ada");
        _room.OnConnectionLost(ada, 0);

        JoinResult result = _room.Join("Ada", ada.ResumeSecret, Fresh(), 30 * Second);

        Assert.Equal(JoinOutcome.Joined, result.Outcome);
        Assert.NotEqual(ada.Id, result.Participant!.Id);
    }

    [Fact]
    public void A_second_loss_counts_from_its_own_time_and_a_repeated_one_from_the_first()
    {
        Participant ada = Join("Ada");
        _room.OnConnectionLost(ada, 0);
        _room.Join("Ada", ada.ResumeSecret, Fresh(), 20 * Second);
        _room.OnConnectionLost(ada, 21 * Second);
        _room.OnConnectionLost(ada, 40 * Second);

        Assert.Empty(_room.Expire(50 * Second));
        Assert.Equal([ada], _room.Expire(51 * Second).ToArray());
    }

    [Fact]
    public void A_place_that_is_still_connected_can_be_taken_with_its_secret()
    {
        Participant ada = Join("Ada");

        Assert.Equal(new JoinResult(JoinOutcome.Resumed, ada), _room.Join("Ada", ada.ResumeSecret, Fresh(), Second));
    }

    [Fact]
    public void A_wrong_secret_makes_somebody_new()
    {
        Participant ada = Join("Ada");

        Assert.Equal(JoinOutcome.Joined, _room.Join("Eve", ada.Id, Fresh(), Second).Outcome);
        Assert.Equal(2, _room.All.Length);
    }

    [Fact]
    public void A_place_that_was_left_is_free_at_once_and_can_not_be_resumed()
    {
        Participant ada = Join("Ada");

        Assert.True(_room.Leave(ada));
        Assert.False(_room.Leave(ada));
        Assert.Equal(JoinOutcome.Joined, _room.Join("Ada", ada.ResumeSecret, Fresh(), Second).Outcome);
    }

    [Fact]
    public void Muting_is_remembered_by_source_and_medium()
    {
        Participant ada = Join("Ada");
        var microphone = new ParticipantTrack(PublicationSource.Camera, MediaKind.Audio);

        Assert.True(ada.Mute(microphone, true));
        Assert.False(ada.Mute(microphone, true));
        Assert.True(ada.IsMuted(microphone));
        Assert.False(ada.IsMuted(new ParticipantTrack(PublicationSource.Screen, MediaKind.Audio)));
        Assert.True(ada.Mute(microphone, false));
        Assert.False(ada.IsMuted(microphone));
    }

    [Fact]
    public void A_participants_screen_is_a_publication_of_its_own()
    {
        Assert.Equal("k3v9", PublicationSource.Camera.PublicationOf("k3v9"));
        Assert.Equal("k3v9-screen", PublicationSource.Screen.PublicationOf("k3v9"));
    }

    private Participant Join(string name) => _room.Join(name, null, Fresh(), 0).Participant!;

    private ParticipantIdentity Fresh() => new($"id{++_next}", $"secret{_next}");
}
