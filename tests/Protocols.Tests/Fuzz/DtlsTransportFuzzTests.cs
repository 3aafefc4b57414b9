using Protocols.Dtls;
using Protocols.Tests.Dtls;
using TestKit;

namespace Protocols.Tests.Fuzz;

public sealed class DtlsTransportFuzzTests
{
    [Fact]
    public void No_bytes_make_a_handshaking_server_throw()
    {
        var seeds = new List<byte[]>();
        using (var pair = new DtlsPair())
        {
            pair.Lose = (_, _, datagram) =>
            {
                seeds.Add(datagram);
                return false;
            };
            pair.Run();
        }

        DtlsPeer? server = null;
        Fuzzer.Run(seeds, input =>
        {
            if (server == null || server.Closed != null || server.Sent.Count > 0)
            {
                server?.Dispose();
                server = new DtlsPeer(DtlsRole.Server, DtlsPeer.FirstCertificate, DtlsPeer.SecondCertificate.Fingerprint);
                server.Transport.Start(0);
            }

            server.Transport.Receive(input, 0);
        });
        server?.Dispose();
    }
}
