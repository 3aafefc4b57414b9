namespace Protocols.Net;

/// <summary>
/// A range of UDP ports, given out as pairs of an even port for RTP and the next, odd one for RTCP (RFC 3550 §11). What
/// another program has is passed over. Pairs that were given back are used again last, so that stragglers meant for their
/// former owner meet nobody. Thread safe.
/// </summary>
public sealed class PortPairs
{
    private readonly Lock _gate = new();
    private readonly Queue<int> _free = new();

    /// <param name="last">Inclusive.</param>
    public PortPairs(int first, int last)
    {
        for (int port = first + (first & 1); port < last; port += 2) _free.Enqueue(port);
        Count = _free.Count;
    }

    /// <summary>All of them, whoever has them.</summary>
    public int Count { get; }

    /// <summary>Opens both ports of the next free pair; null where there is none.</summary>
    public PortPair? TryOpen(IDatagramReceiver even, IDatagramReceiver odd)
    {
        for (int left = Count; left > 0; left--)
        {
            int port;
            lock (_gate)
                if (!_free.TryDequeue(out port)) return null;
            if (TryOpen(port, even, odd) is { } pair) return pair;
            Return(port);
        }

        return null;
    }

    internal void Return(int port)
    {
        lock (_gate) _free.Enqueue(port);
    }

    private PortPair? TryOpen(int port, IDatagramReceiver even, IDatagramReceiver odd)
    {
        UdpEndpoint? first = null;
        try
        {
            first = UdpEndpoint.OpenForOne(port, even);
            return new PortPair(this, first, UdpEndpoint.OpenForOne(port + 1, odd));
        }
        catch (IOException)
        {
            first?.Dispose();
            return null;
        }
    }
}

/// <summary>Two open ports of a <see cref="PortPairs"/>; closing them gives them back.</summary>
public sealed class PortPair : IDisposable
{
    private readonly PortPairs _pairs;
    private int _isDisposed;

    internal PortPair(PortPairs pairs, UdpEndpoint even, UdpEndpoint odd)
    {
        _pairs = pairs;
        Even = even;
        Odd = odd;
    }

    public UdpEndpoint Even { get; }

    public UdpEndpoint Odd { get; }

    public int Port => Even.Port;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        int port = Port;
        Even.Dispose();
        Odd.Dispose();
        _pairs.Return(port);
    }
}
