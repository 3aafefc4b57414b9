using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Protocols.Dtls;
using Protocols.Srtp;

namespace Protocols.Tests.Dtls;

/// <summary>The server against the openssl program over a real socket.</summary>
[Trait("Suite", "inprocess")]
public sealed class OpenSslInteropTests
{
    [Theory]
    [InlineData("SRTP_AES128_CM_SHA1_80", SrtpProfile.Aes128CmSha1Tag80)]
    [InlineData("SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM", SrtpProfile.AeadAes256Gcm)]
    [InlineData("SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM", SrtpProfile.AeadAes128Gcm)]
    public void S_client_agrees_on_a_profile(string offered, SrtpProfile expected)
    {
        string directory = Directory.CreateTempSubdirectory("dtls").FullName;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var server = new DtlsPeer(DtlsRole.Server, DtlsPeer.FirstCertificate, DtlsPeer.SecondCertificate.Fingerprint);
        using Process client = StartClient(directory, ((IPEndPoint)socket.LocalEndPoint!).Port, offered);
        try
        {
            Serve(server, socket);
        }
        finally
        {
            client.Kill();
            client.WaitForExit();
            Directory.Delete(directory, recursive: true);
        }

        Assert.Equal(expected, server.Keys?.Profile);
        Assert.Null(server.Closed);
    }

    private static Process StartClient(string directory, int port, string profiles)
    {
        string certificate = Path.Combine(directory, "cert.pem");
        string key = Path.Combine(directory, "key.pem");
        File.WriteAllText(certificate, PemEncoding.WriteString("CERTIFICATE", DtlsPeer.SecondCertificate.Certificate));
        File.WriteAllText(key, PemEncoding.WriteString("EC PRIVATE KEY", DtlsPeer.SecondCertificate.PrivateKey));
        string[] arguments =
            ["s_client", "-dtls1_2", "-connect", $"127.0.0.1:{port}", "-use_srtp", profiles, "-cert", certificate, "-key", key, "-mtu", "400"];
        return Process.Start(new ProcessStartInfo("openssl", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    private static void Serve(DtlsPeer server, Socket socket)
    {
        byte[] buffer = new byte[2048];
        var clock = Stopwatch.StartNew();
        server.Transport.Start(0);
        while (server.Keys == null && server.Closed == null && clock.Elapsed < TimeSpan.FromSeconds(10))
        {
            if (!socket.Poll(20_000, SelectMode.SelectRead))
            {
                server.Transport.Advance(clock.Elapsed.Ticks);
            }
            else
            {
                EndPoint peer = new IPEndPoint(IPAddress.Any, 0);
                int length = socket.ReceiveFrom(buffer, ref peer);
                server.Transport.Receive(buffer.AsSpan(0, length), clock.Elapsed.Ticks);
                foreach (byte[] datagram in server.TakeSent()) socket.SendTo(datagram, peer);
            }
        }
    }
}
