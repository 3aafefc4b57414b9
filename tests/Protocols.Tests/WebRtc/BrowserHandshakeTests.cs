using System.Net;
using System.Net.Sockets;
using Protocols.Net;
using Protocols.Srtp;
using Protocols.WebRtc;
using TestKit.Browsers;

namespace Protocols.Tests.WebRtc;

/// <summary>ICE, DTLS and SRTP keys with real browsers; Chromium's ClientHello comes in two datagrams.</summary>
[Trait("Suite", "browsers")]
public sealed class BrowserHandshakeTests : IDisposable
{
    private const string Page = """
        <!doctype html><title>handshake</title><script>
        (async () => {
          const peer = new RTCPeerConnection();
          window.peer = peer; // else it may be collected
          peer.addTransceiver('audio', { direction: 'recvonly' });
          peer.addTransceiver('video', { direction: 'recvonly' });
          await peer.setLocalDescription();
          const response = await fetch('ENDPOINT', { method: 'POST', body: peer.localDescription.sdp });
          await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
        })();
        </script>
        """;

    private readonly DirectoryInfo _pages = Directory.CreateTempSubdirectory("handshake");
    // Firefox makes no pair of an address of this machine and a loopback one.
    private readonly SmallWhepServer _server = new(OwnAddress());

    public BrowserHandshakeTests() => File.WriteAllText(
        Path.Combine(_pages.FullName, "driver.html"),
        Page.Replace("ENDPOINT", _server.Endpoint.ToString(), StringComparison.Ordinal));

    [Fact]
    public async Task Chromium_takes_gcm_128()
    {
        using Browser browser = Browser.Chromium(_pages.FullName);
        Assert.Equal(SrtpProfile.AeadAes128Gcm, await ConnectAsync());
    }

    [Fact]
    public async Task Firefox_connects()
    {
        using Browser browser = Browser.Firefox(_pages.FullName);
        Assert.NotEqual(SrtpProfile.None, await ConnectAsync());
    }

    public void Dispose()
    {
        _server.Dispose();
        _pages.Delete(recursive: true);
    }

    private static IPAddress? OwnAddress() => InterfaceAddress.ReadAll().Select(own => own.Address)
        .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));

    private async Task<SrtpProfile> ConnectAsync()
    {
        for (int i = 0; i < 600 && !_server.IsConnected && _server.Closed == null; i++) await Task.Delay(50);
        Assert.Null(_server.Closed);
        Assert.True(_server.IsConnected);
        SrtpProfile profile = default;
        _server.Post((WebRtcSession session) => profile = session.SrtpProfile);
        return profile;
    }
}
