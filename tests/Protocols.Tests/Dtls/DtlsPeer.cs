using Protocols.Dtls;
using Protocols.Sdp;
using Protocols.Srtp;

namespace Protocols.Tests.Dtls;

/// <summary>One side of a handshake under test: keeps what it wants to send and what it was told.</summary>
internal sealed class DtlsPeer : IDtlsListener, IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public DtlsPeer(DtlsRole role, DtlsCertificate own, Fingerprint peer, DtlsOptions? options = null)
    {
        Assert.True(DtlsContext.TryCreate(own, out DtlsContext? context, out string? reason), reason);
        using (context) Transport = new DtlsTransport(context, role, peer, this, options);
    }

    public static DtlsCertificate FirstCertificate { get; } = DtlsCertificate.Create(s_now);

    public static DtlsCertificate SecondCertificate { get; } = DtlsCertificate.Create(s_now);

    public DtlsTransport Transport { get; }

    public List<byte[]> Sent { get; } = [];

    public SrtpKeyMaterial? Keys { get; private set; }

    public DtlsCloseReason? Closed { get; private set; }

    public string? Detail { get; private set; }

    public List<byte[]> TakeSent()
    {
        List<byte[]> sent = [.. Sent];
        Sent.Clear();
        return sent;
    }

    public void OnDtlsDatagram(ReadOnlySpan<byte> datagram) => Sent.Add(datagram.ToArray());

    public void OnDtlsConnected(SrtpKeyMaterial keys, long now) => Keys = keys;

    public void OnDtlsClosed(DtlsCloseReason reason, string? detail)
    {
        Assert.Null(Closed);
        (Closed, Detail) = (reason, detail);
    }

    public void OnDtlsDeadlineChanged()
    {
    }

    public void Dispose() => Transport.Dispose();
}
