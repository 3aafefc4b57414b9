using Protocols.Srtp;

namespace Protocols.Net;

/// <summary>
/// Where sessions put what they send: the endpoint's send ring, or a simulated network. What is put in goes out at the
/// end of the loop's turn. Loop of the endpoint only.
/// </summary>
public interface IDatagramSender
{
    /// <summary>Room for one datagram along a route; empty if there is none, and the datagram is lost.</summary>
    Span<byte> Reserve(in Route route, int length);

    /// <summary>
    /// May finish what is written into the room that was reserved last, before it leaves; null = it must be whole when it
    /// is committed.
    /// </summary>
    SrtpBatch? Batch => null;

    /// <summary>The room that was reserved last holds a datagram of that length; 0 gives it back.</summary>
    void Commit(int length);
}
