using Media.Scheduling;
using Protocols.Rtp;

namespace Protocols.Tests.Rtp;

public sealed class RoundTripTimeTests
{
    private const long Millisecond = MonotonicClock.TicksPerMillisecond;

    private readonly RoundTripTime _roundTrip = new();

    [Fact]
    public void An_answer_to_a_reference_time_tells_the_round_trip()
    {
        long sent = 123_456 * Millisecond;
        uint compact = (uint)(RoundTripTime.ReferenceTime(sent) >> 16);
        _roundTrip.OnAnswer(compact, 65_536 / 2, sent + (550 * Millisecond));
        Assert.InRange(_roundTrip.Value, 49 * Millisecond, 51 * Millisecond);
        _roundTrip.OnAnswer(compact, 65_536 / 2, sent + (100 * Millisecond)); // impossible
        _roundTrip.OnAnswer(0, 0, sent);
        Assert.InRange(_roundTrip.Value, 49 * Millisecond, 51 * Millisecond);
    }

    [Fact]
    public void Retransmissions_count_only_where_nothing_better_is_known()
    {
        _roundTrip.OnRetransmission(80 * Millisecond, 0);
        Assert.Equal(80 * Millisecond, _roundTrip.Value);
        long now = 100_000 * Millisecond;
        _roundTrip.OnAnswer((uint)(RoundTripTime.ReferenceTime(now - (20 * Millisecond)) >> 16), 0, now);
        _roundTrip.OnRetransmission(400 * Millisecond, now);
        Assert.InRange(_roundTrip.Value, 19 * Millisecond, 21 * Millisecond);
    }
}
