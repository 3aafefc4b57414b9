using Media.Buffers;
using Media.Scheduling;

namespace Protocols.Net;

/// <summary>
/// Passes what one loop's socket has heard to the loops that own it: copied into pooled blocks, posted once a turn and
/// loop. A loop that is so far behind that its share is full loses the rest, counted. Lives on the loop that hears.
/// </summary>
internal sealed class HandOver
{
    /// <summary>Datagrams that may wait for one loop, from one other.</summary>
    public const int MostWaiting = 1024;

    /// <summary>Datagrams of routes that nobody is known to own that the other loops are asked about, within a moment.</summary>
    public const int MostStrays = MovedPeers.MostAttempts;

    private const int BlockLength = 64 * 1024;

    private readonly MediaLoop _loop;
    private readonly IReadOnlyList<SessionTable> _tables;
    private readonly IReadOnlyList<MediaLoop> _loops;
    private readonly BufferPool _pool;
    private readonly Share[] _shares; // by loop
    private readonly Dictionary<Route, int> _owners = [];
    private readonly AttemptBudget _strays = new(MostStrays);
    private readonly SessionTableStatistics _statistics;
    private readonly Action _flush;
    private PooledBuffer? _block;
    private int _used;
    private bool _isFlushDue;

    /// <param name="loop">Index of the loop that hears.</param>
    public HandOver(int loop, IReadOnlyList<SessionTable> tables, IReadOnlyList<MediaLoop> loops, BufferPool pool)
    {
        (_loop, _tables, _loops, _pool) = (loops[loop], tables, loops, pool);
        _flush = Flush;
        _statistics = tables[loop].Statistics;
        _shares = [.. tables.Select((table, owner) => new Share(loops[owner], batch => table.OnHandedOver(batch, loop, loops[owner].Now)))];
    }

    /// <summary>Hands a datagram to the loop that is known to own its route. False: none is known to.</summary>
    public bool TryPass(ReadOnlySpan<byte> datagram, in Route route)
    {
        if (!_owners.TryGetValue(route, out int owner)) return false;
        Pass(datagram, route, owner, isStray: false);
        return true;
    }

    /// <summary>Hands a check to the loop that it names. False: there is no such loop, or it can't be reached from here.</summary>
    public bool TryPassTo(int owner, ReadOnlySpan<byte> datagram, in Route route)
    {
        // A connection is looked after by the loop that it found first.
        if (owner < 0 || owner >= _shares.Length || route.Protocol != TransportProtocol.Udp) return false;
        Pass(datagram, route, owner, isStray: false);
        return true;
    }

    /// <summary>A peer whom a NAT has moved may be another loop's. False: it is not shown to anyone.</summary>
    public bool TryAskOthers(ReadOnlySpan<byte> datagram, in Route route, long now)
    {
        bool isAsked = false;
        for (int i = 0; i < _shares.Length; i++)
        {
            if (i == _loop.Index || !_tables[i].Hosts.MayContain(route.Remote)) continue;
            if (!_strays.MayTry(now)) break;
            Pass(datagram, route, i, isStray: true);
            isAsked = true;
        }

        return isAsked;
    }

    /// <summary>A session of this loop has the route: nobody else's is it any more.</summary>
    public void Forget(in Route route) => _owners.Remove(route);

    /// <summary>Tells the loop that hears a route who owns it from now on.</summary>
    public void Announce(Route route, int heardBy)
    {
        int owner = _loop.Index;
        SessionTable table = _tables[heardBy];
        _loops[heardBy].Post(() => table.OnOwned(route, owner));
    }

    /// <summary>Tells the loop that hears a route that it is no longer this one's.</summary>
    public void Withdraw(Route route, int heardBy)
    {
        int owner = _loop.Index;
        SessionTable table = _tables[heardBy];
        _loops[heardBy].Post(() => table.OnDisowned(route, owner));
    }

    public void OnOwned(in Route route, int owner) => _owners[route] = owner;

    public void OnDisowned(in Route route, int owner)
    {
        // Another one may have got it meanwhile.
        if (_owners.TryGetValue(route, out int known) && known == owner) _owners.Remove(route);
    }

    private void Pass(ReadOnlySpan<byte> datagram, in Route route, int owner, bool isStray)
    {
        Share share = _shares[owner];
        if (share.IsFull)
        {
            _statistics.HandOverDropped++;
            return;
        }

        if (_block is null || _used + datagram.Length > _block.Length)
        {
            _block?.Dispose();
            _block = _pool.Rent(Math.Max(BlockLength, datagram.Length));
            _used = 0;
        }

        datagram.CopyTo(_block.Array.AsSpan(_used));
        share.Add(new HandedDatagram(_block.AddReference(), _used, datagram.Length, route, isStray));
        _used += datagram.Length;
        if (_isFlushDue) return;
        _isFlushDue = true;
        _loop.AtEndOfTurn(_flush);
    }

    private void Flush()
    {
        _isFlushDue = false;
        foreach (Share share in _shares)
        {
            (int passed, int dropped) = share.Flush();
            _statistics.HandedOver += passed;
            _statistics.HandOverDropped += dropped;
        }

        _block?.Dispose();
        _block = null;
    }

    /// <summary>What one other loop gets at the end of the turn.</summary>
    private sealed class Share(MediaLoop owner, Action<ReadOnlySpan<HandedDatagram>> receiver)
    {
        private readonly LoopInbox<HandedDatagram> _inbox = new(owner, MostWaiting, receiver);
        private HandedDatagram[] _turn = new HandedDatagram[16];
        private int _count;

        public bool IsFull => _count == MostWaiting;

        public void Add(in HandedDatagram datagram)
        {
            if (_count == _turn.Length) Array.Resize(ref _turn, 2 * _turn.Length);
            _turn[_count++] = datagram;
        }

        public (int Passed, int Dropped) Flush()
        {
            int count = _count;
            if (count == 0) return default;
            int passed = _inbox.Write(_turn.AsSpan(0, count));
            foreach (HandedDatagram dropped in _turn.AsSpan(passed, count - passed)) dropped.Block.Dispose();
            Array.Clear(_turn, 0, count);
            _count = 0;
            return (passed, count - passed);
        }
    }
}

/// <summary>A datagram on its way to another loop, with a reference on the block that it lies in.</summary>
/// <param name="IsStray">Nobody is known to own its route.</param>
internal readonly record struct HandedDatagram(PooledBuffer Block, int Offset, int Length, Route Route, bool IsStray)
{
    public ReadOnlySpan<byte> Data => Block.Array.AsSpan(Offset, Length);
}
