namespace Protocols.Net;

/// <summary>
/// Whether the sessions of a loop may know a host, answered at once and from any thread: most strangers are told apart by
/// it without a look at a single session. Hosts share places, so a yes is not certain. Written by its loop.
/// </summary>
internal sealed class KnownHosts
{
    private const int Places = 1024;

    private readonly int[] _routes = new int[Places];

    /// <summary>Any thread.</summary>
    public bool MayContain(in TransportAddress address) => Volatile.Read(ref PlaceOf(address)) > 0;

    public void Add(in TransportAddress address)
    {
        ref int place = ref PlaceOf(address);
        Volatile.Write(ref place, place + 1);
    }

    public void Remove(in TransportAddress address)
    {
        ref int place = ref PlaceOf(address);
        Volatile.Write(ref place, place - 1);
    }

    private ref int PlaceOf(in TransportAddress address) => ref _routes[address.HostHash & (Places - 1)];
}
