using Protocols.Net;

namespace Protocols.Ice;

/// <summary>The routes a peer has proved to own, with the time each was last heard. Bounded: the stalest one goes.</summary>
internal sealed class ValidatedRoutes
{
    /// <summary>Several interfaces, two families, a few NAT rebindings; more is no honest peer.</summary>
    public const int Capacity = 16;

    private readonly Route[] _routes = new Route[Capacity];
    private readonly long[] _heard = new long[Capacity];

    public int Count { get; private set; }

    /// <summary>The one heard last.</summary>
    public Route Latest { get; private set; }

    public bool Contains(in Route route) => IndexOf(route) >= 0;

    /// <summary>Notes that the route was heard; false where it was known already.</summary>
    /// <param name="keep">A route that must not be forgotten.</param>
    public bool Touch(in Route route, long now, in Route keep, out Route? forgotten)
    {
        forgotten = null;
        Latest = route;
        int index = IndexOf(route);
        if (index >= 0)
        {
            _heard[index] = now;
            return false;
        }

        if (Count < Capacity)
        {
            index = Count++;
        }
        else
        {
            index = Stalest(keep);
            forgotten = _routes[index];
        }

        _routes[index] = route;
        _heard[index] = now;
        return true;
    }

    /// <summary>False where it was not known. <see cref="Latest"/> is another one then, if there is any.</summary>
    public bool Remove(in Route route)
    {
        int index = IndexOf(route);
        if (index < 0) return false;
        Count--;
        _routes[index] = _routes[Count];
        _heard[index] = _heard[Count];
        if (!Latest.Equals(route)) return true;
        Latest = default;
        long last = long.MinValue;
        for (int i = 0; i < Count; i++)
        {
            if (_heard[i] < last) continue;
            last = _heard[i];
            Latest = _routes[i];
        }

        return true;
    }

    public long HeardAt(in Route route)
    {
        int index = IndexOf(route);
        return index < 0 ? long.MinValue : _heard[index];
    }

    private int IndexOf(in Route route)
    {
        for (int i = 0; i < Count; i++)
            if (_routes[i].Equals(route)) return i;
        return -1;
    }

    private int Stalest(in Route keep)
    {
        int stalest = -1;
        for (int i = 0; i < Count; i++)
        {
            if (_routes[i].Equals(keep)) continue;
            if (stalest < 0 || _heard[i] < _heard[stalest]) stalest = i;
        }

        return stalest;
    }
}
