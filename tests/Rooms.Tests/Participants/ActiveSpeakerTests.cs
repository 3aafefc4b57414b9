using Media.Scheduling;
using Rooms.Participants;

namespace Rooms.Tests.Participants;

public class ActiveSpeakerTests
{
    private const long Millisecond = MonotonicClock.TicksPerMillisecond;
    private const int Speech = 25;
    private const int Louder = 15;
    private const int Noise = 65;
    private const int Silent = 127;

    private readonly ActiveSpeaker _speaker = new();
    private long _now = 1000 * Millisecond;

    [Fact]
    public void Nobody_speaks_in_a_room_of_noise()
    {
        Run(3000, ("ada", Noise), ("bob", Silent));

        Assert.Null(_speaker.Speaker);
        Assert.Empty(_speaker.Recent.ToArray());
    }

    [Fact]
    public void Who_speaks_for_half_a_second_or_so_is_the_speaker()
    {
        Run(300, ("ada", Speech), ("bob", Silent));
        Assert.Null(_speaker.Speaker);

        Run(500, ("ada", Speech), ("bob", Silent));
        Assert.Equal("ada", _speaker.Speaker);
    }

    [Fact]
    public void A_cough_changes_nothing()
    {
        Run(1500, ("ada", Speech), ("bob", Silent));
        Run(250, ("ada", Speech), ("bob", 5));
        int changes = Run(2000, ("ada", Speech), ("bob", Silent));

        Assert.Equal(0, changes);
        Assert.Equal("ada", _speaker.Speaker);
    }

    [Fact]
    public void A_pause_between_sentences_changes_nothing()
    {
        Run(1500, ("ada", Speech));
        int changes = Run(2000, ("ada", Silent), ("bob", Noise)) + Run(1000, ("ada", Speech), ("bob", Noise));

        Assert.Equal(0, changes);
    }

    [Fact]
    public void Two_who_talk_at_the_same_level_do_not_take_turns()
    {
        Run(1500, ("ada", Speech), ("bob", Silent));
        int changes = 0;
        for (int i = 0; i < 20; i++) changes += Run(200, ("ada", Speech + (i % 2 * 4)), ("bob", Speech + ((i + 1) % 2 * 4)));

        Assert.Equal(0, changes);
    }

    [Fact]
    public void Who_is_clearly_louder_takes_over_once()
    {
        Run(1500, ("ada", Speech), ("bob", Silent));

        Assert.Equal(1, Run(3000, ("ada", Speech), ("bob", Louder)));
        Assert.Equal("bob", _speaker.Speaker);
        Assert.Equal(["bob", "ada"], _speaker.Recent.ToArray());
    }

    [Fact]
    public void Who_answers_takes_over_after_the_other_one_stopped()
    {
        Run(1500, ("ada", Speech), ("bob", Silent));
        Run(1200, ("ada", Silent), ("bob", Speech + 5));

        Assert.Equal("bob", _speaker.Speaker);
    }

    [Fact]
    public void After_ten_seconds_of_silence_nobody_is_the_speaker_but_who_spoke_is_remembered()
    {
        Run(1500, ("ada", Speech));
        Run(9000, ("ada", Silent));
        Assert.Equal("ada", _speaker.Speaker);

        Run(3000, ("ada", Silent));
        Assert.Null(_speaker.Speaker);
        Assert.Equal(["ada"], _speaker.Recent.ToArray());
    }

    [Fact]
    public void A_sender_that_stops_sending_in_silence_is_silent()
    {
        Run(1500, ("ada", Speech));
        Run(1500, ("bob", Speech + 5)); // nothing comes from ada: DTX

        Assert.Equal("bob", _speaker.Speaker);
    }

    [Fact]
    public void Who_leaves_is_not_the_speaker_any_more_and_is_forgotten()
    {
        Run(1500, ("ada", Speech));

        Assert.True(_speaker.Remove("ada", isGone: true));
        Assert.Null(_speaker.Speaker);
        Assert.Empty(_speaker.Recent.ToArray());
        Assert.False(_speaker.Remove("ada", isGone: true));
    }

    [Fact]
    public void Who_mutes_stays_the_speaker_until_another_one_speaks()
    {
        Run(1500, ("ada", Speech));

        Assert.False(_speaker.Remove("ada", isGone: false));
        Run(500, ("bob", Noise));
        Assert.Equal("ada", _speaker.Speaker);
        Run(1200, ("bob", Speech));
        Assert.Equal("bob", _speaker.Speaker);
    }

    /// <summary>Packets of 20 ms, looked at each 100 ms. How often the speaker changed.</summary>
    private int Run(int milliseconds, params (string Participant, int Level)[] levels)
    {
        int changes = 0;
        for (int t = 20; t <= milliseconds; t += 20)
        {
            _now += 20 * Millisecond;
            foreach ((string participant, int level) in levels) _speaker.OnLevel(participant, level, _now);
            if (t % 100 == 0 && _speaker.Advance(_now)) changes++;
        }

        return changes;
    }
}
