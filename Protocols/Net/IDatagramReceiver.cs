namespace Protocols.Net;

/// <summary>Who a <see cref="UdpEndpoint"/> hands its datagrams to, on the loop's thread.</summary>
public interface IDatagramReceiver
{
    /// <param name="datagram">In the receive ring: only lent, and gone when the call returns.</param>
    /// <param name="now">Monotonic time of the batch, in ticks of 100 ns.</param>
    void OnDatagram(ReadOnlySpan<byte> datagram, in Route route, long now);
}
