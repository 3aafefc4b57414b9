namespace Egress.WebRtc;

/// <summary>Where a viewer's packets go: straight into the send buffer of its session.</summary>
internal interface IRtpOutput
{
    long Now { get; }

    /// <summary>Room for one plain RTP packet; empty where nothing can be sent.</summary>
    Span<byte> Reserve(int length);

    /// <summary>The reserved room holds a packet of that length.</summary>
    void Commit(int length);

    /// <summary>The next number of the count that all packets of a session share.</summary>
    ushort NextTransportSequenceNumber();
}
