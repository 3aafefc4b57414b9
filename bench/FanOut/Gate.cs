using Media.Scheduling;
using Protocols.Net;
using Protocols.WebRtc;

namespace Bench.FanOut;

/// <summary>
/// Sends for real once everybody is connected; before, what goes to a viewer goes to its other side in memory. Its loop
/// only.
/// </summary>
internal sealed class Gate(MediaLoop loop, IDatagramSender network) : IDatagramSender
{
    private readonly Dictionary<Route, InMemoryPeer> _peers = [];
    private byte[] _reserved = [];
    private Route _route;
    private bool _isOpen;

    public IEnumerable<Route> Routes => _peers.Keys;

    public void Add(in Route route, InMemoryPeer peer) => _peers.Add(route, peer);

    /// <summary>From now on the network.</summary>
    public void Open() => _isOpen = true;

    /// <summary>The viewers' consent (RFC 7675); the answers go where everything goes.</summary>
    public void Check()
    {
        foreach (InMemoryPeer peer in _peers.Values) peer.Check();
    }

    public void Close()
    {
        foreach (InMemoryPeer peer in _peers.Values) peer.Dispose();
        _peers.Clear();
    }

    public Span<byte> Reserve(in Route route, int length)
    {
        if (_isOpen) return network.Reserve(route, length);
        _route = route;
        return _reserved = new byte[length];
    }

    public void Commit(int length)
    {
        if (_isOpen)
        {
            network.Commit(length);
            return;
        }

        if (length == 0 || !_peers.TryGetValue(_route, out InMemoryPeer? peer)) return;
        byte[] datagram = _reserved;
        // Posted, not called: no network is faster than the turn that sends.
        loop.Post(() =>
        {
            if (!_isOpen) peer.Receive(datagram.AsSpan(0, length), loop.Now);
        });
    }
}
