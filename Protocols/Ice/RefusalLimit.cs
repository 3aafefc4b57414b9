using Media.Scheduling;
using Protocols.Net;

namespace Protocols.Ice;

/// <summary>
/// How many failed checks are answered: so many per host and second, and so many in all, since their sources may be
/// forged and an answer goes to whoever they name. An honest peer with old credentials gets its answer. Lives on its loop.
/// </summary>
public sealed class RefusalLimit
{
    public const int PerHost = 20;
    public const int InAll = 500;

    private const int Slots = 256;
    private const long Period = MonotonicClock.TicksPerSecond;

    private Slot[] _slots = [];
    private long _periodStart = long.MinValue / 2;
    private int _answered;

    /// <summary>Failed checks that got no answer.</summary>
    public long Unanswered { get; private set; }

    public bool MayAnswer(in Route route, long now)
    {
        if (now - _periodStart >= Period || now < _periodStart) (_periodStart, _answered) = (now, 0);
        if (_slots.Length == 0) _slots = new Slot[Slots];
        TransportAddress host = route.Remote.WithPort(0);
        ref Slot slot = ref _slots[(uint)host.GetHashCode() % Slots];
        // Whoever shares the slot loses its count; all together stay within the sum.
        if (slot.Host != host || now - slot.PeriodStart >= Period || now < slot.PeriodStart) slot = new Slot(host, now, 0);
        if (slot.Answered >= PerHost || _answered >= InAll)
        {
            Unanswered++;
            return false;
        }

        _answered++;
        slot = slot with { Answered = slot.Answered + 1 };
        return true;
    }

    private readonly record struct Slot(TransportAddress Host, long PeriodStart, int Answered);
}
