namespace Protocols.Net;

/// <summary>A peer that a <see cref="SessionTable"/> finds for a datagram.</summary>
public interface IDatagramSession
{
    /// <summary>Takes a datagram that is the session's by its route, or a STUN check that names its user name fragment.</summary>
    void Receive(ReadOnlySpan<byte> datagram, in Route route, long now);
}
