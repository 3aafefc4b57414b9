using Media.Scheduling;
using Protocols.Net;

namespace TestKit.WebRtc;

/// <summary>
/// Datagrams between addresses on a stepped clock, with loss, delay and jitter (which reorders) from a seeded random.
/// </summary>
public sealed class SimulatedNetwork(int seed = 1)
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<TransportAddress, Action<ReadOnlyMemory<byte>, TransportAddress>> _receivers = [];
    private readonly PriorityQueue<Datagram, (long Time, long Order)> _inFlight = new();
    private long _order;

    public long Now { get; private set; }

    /// <summary>One way.</summary>
    public long Delay { get; set; } = 10 * MonotonicClock.TicksPerMillisecond;

    /// <summary>Added at random, up to so much.</summary>
    public long Jitter { get; set; }

    /// <summary>0 to 1.</summary>
    public double Loss { get; set; }

    /// <summary>Looks at each datagram with its sender first; true = lost.</summary>
    public Func<TransportAddress, ReadOnlyMemory<byte>, bool>? Lose { get; set; }

    public long Lost { get; private set; }

    public long Delivered { get; private set; }

    public void Attach(TransportAddress address, Action<ReadOnlyMemory<byte>, TransportAddress> receiver) =>
        _receivers[address] = receiver;

    public void Detach(TransportAddress address) => _receivers.Remove(address);

    public void Send(TransportAddress from, TransportAddress to, ReadOnlySpan<byte> datagram)
    {
        byte[] copy = datagram.ToArray();
        if (Lose?.Invoke(from, copy) == true || _random.NextDouble() < Loss)
        {
            Lost++;
            return;
        }

        long arrival = Now + Delay + (Jitter > 0 ? _random.NextInt64(Jitter) : 0);
        _inFlight.Enqueue(new Datagram(from, to, copy), (arrival, _order++));
    }

    /// <summary>Steps the clock; <paramref name="deadline"/> and <paramref name="advance"/> are those of the peers.</summary>
    public void Run(long duration, Func<long> deadline, Action<long> advance)
    {
        long end = Now + duration;
        while (true)
        {
            long arrival = _inFlight.TryPeek(out _, out (long Time, long Order) next) ? next.Time : long.MaxValue;
            long due = deadline();
            if (Math.Min(arrival, due) > end) break;
            Now = Math.Max(Now, Math.Min(arrival, due));
            if (arrival <= due)
                Deliver(_inFlight.Dequeue());
            else
                advance(Now);
        }

        Now = end;
    }

    private void Deliver(in Datagram datagram)
    {
        if (!_receivers.TryGetValue(datagram.To, out Action<ReadOnlyMemory<byte>, TransportAddress>? receiver)) return;
        Delivered++;
        receiver(datagram.Bytes, datagram.From);
    }

    private readonly record struct Datagram(TransportAddress From, TransportAddress To, byte[] Bytes);
}
