using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using TestKit;

namespace Gateway.Tests.Rtmp;

/// <summary>A scripted encoder on a real connection.</summary>
internal sealed class RtmpTestConnection : IAsyncDisposable
{
    private readonly TcpClient _tcp;
    private readonly Stream _stream;
    private readonly byte[] _received = new byte[16 * 1024];

    private RtmpTestConnection(TcpClient tcp, Stream stream) => (_tcp, _stream) = (tcp, stream);

    public RtmpTestClient Client { get; } = new();

    /// <summary>The server has closed the connection.</summary>
    public bool IsClosed { get; private set; }

    public static async Task<RtmpTestConnection> OpenAsync(int port, bool useTls = false)
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, port);
        if (!useTls) return new RtmpTestConnection(tcp, tcp.GetStream());
        var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
        });
        return new RtmpTestConnection(tcp, tls);
    }

    /// <summary>Connects, publishes, and waits for the answer.</summary>
    public async Task<string?> PublishAsync(string key)
    {
        Client.ShakeHands().SetChunkSize(4096).Connect().Publish(key);
        await SendAsync();
        await ReceiveUntilAsync(() => Client.Status is not null);
        return Client.Status;
    }

    public async Task SendAsync() => await _stream.WriteAsync(Client.Take());

    /// <summary>Reads until something has come, or the connection was closed, or five seconds have passed.</summary>
    public async Task ReceiveUntilAsync(Func<bool> isThere)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        while (!IsClosed && !isThere())
        {
            int count;
            try
            {
                count = await _stream.ReadAsync(_received, timeout.Token);
            }
            catch (IOException)
            {
                count = 0;
            }

            IsClosed = count == 0;
            Client.Receive(_received.AsSpan(0, count));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp.Dispose();
        Client.Dispose();
    }
}
