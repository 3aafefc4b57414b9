using Protocols.Srtp;

namespace Protocols.Dtls;

/// <summary>What a DTLS association tells its session.</summary>
internal interface IDtlsListener
{
    /// <summary>A datagram for the peer, borrowed.</summary>
    void OnDtlsDatagram(ReadOnlySpan<byte> datagram);

    /// <summary>The handshake is done, the peer is who its SDP said.</summary>
    void OnDtlsConnected(SrtpKeyMaterial keys, long now);

    /// <summary>The last call.</summary>
    /// <param name="detail">What the library says, for the log.</param>
    void OnDtlsClosed(DtlsCloseReason reason, string? detail);

    /// <summary><see cref="IDtlsTransport.NextDeadline"/> changed other than by a call of the session.</summary>
    void OnDtlsDeadlineChanged();
}
