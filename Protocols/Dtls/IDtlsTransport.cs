namespace Protocols.Dtls;

/// <summary>A DTLS association as its session sees it: done in place, or by a worker thread.</summary>
internal interface IDtlsTransport : IDisposable
{
    /// <summary>When <see cref="Advance"/> wants to be called next.</summary>
    long NextDeadline { get; }

    /// <summary>Begins the handshake; a server only starts its clock.</summary>
    void Start(long now);

    void Receive(ReadOnlySpan<byte> datagram, long now);

    void Advance(long now);

    /// <summary>Says goodbye to the peer. Idempotent.</summary>
    void Close();
}
