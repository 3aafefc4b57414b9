using Media.Scheduling;
using Protocols.Dtls;
using Protocols.Sdp;

namespace Protocols.Tests.Dtls;

/// <summary>Client and server on a stepped clock; a predicate decides which of their datagrams get lost.</summary>
internal sealed class DtlsPair : IDisposable
{
    public DtlsPair(DtlsOptions? clientOptions = null, Fingerprint? expectedClient = null, Fingerprint? expectedServer = null)
    {
        DtlsCertificate clientCertificate = DtlsPeer.FirstCertificate;
        DtlsCertificate serverCertificate = DtlsPeer.SecondCertificate;
        Client = new DtlsPeer(
            DtlsRole.Client, clientCertificate, expectedServer ?? serverCertificate.Fingerprint, clientOptions);
        Server = new DtlsPeer(DtlsRole.Server, serverCertificate, expectedClient ?? clientCertificate.Fingerprint);
    }

    public DtlsPeer Client { get; }

    public DtlsPeer Server { get; }

    public long Now { get; private set; }

    /// <summary>Sender, the how-manieth of its datagrams, the datagram: true = lost.</summary>
    public Func<DtlsRole, int, byte[], bool> Lose { get; set; } = (_, _, _) => false;

    public int FromClient { get; private set; }

    public int FromServer { get; private set; }

    public bool IsConnected => Client.Keys != null && Server.Keys != null;

    public void Run(long duration = 5 * MonotonicClock.TicksPerSecond)
    {
        long end = Now + duration;
        if (Now == 0)
        {
            Server.Transport.Start(Now);
            Client.Transport.Start(Now);
        }

        while (true)
        {
            while (Client.Sent.Count + Server.Sent.Count > 0) Exchange();
            long next = Math.Min(Client.Transport.NextDeadline, Server.Transport.NextDeadline);
            if (next > end) break;
            Now = next;
            Client.Transport.Advance(Now);
            Server.Transport.Advance(Now);
        }

        Now = end;
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }

    private void Exchange()
    {
        foreach (byte[] datagram in Client.TakeSent())
            if (!Lose(DtlsRole.Client, FromClient++, datagram)) Server.Transport.Receive(datagram, Now);
        foreach (byte[] datagram in Server.TakeSent())
            if (!Lose(DtlsRole.Server, FromServer++, datagram)) Client.Transport.Receive(datagram, Now);
    }
}
