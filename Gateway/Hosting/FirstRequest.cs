using System.Net.Http.Headers;
using Gateway.Signalling;

namespace Gateway.Hosting;

/// <summary>
/// A request of the gateway to itself, at start: the routes are compiled when the first one comes, and the first should
/// not be a viewer's. It is a viewer's in all but its offer, which ends where it begins.
/// </summary>
internal static class FirstRequest
{
    private const string Path = "/whep/rehearsal";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    /// <summary>Never fails: without it the first client waits a little longer.</summary>
    public static async Task<bool> SendAsync(int port)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = s_patience };
        using var offer = new StringContent("v=0\r\nx", mediaType: new MediaTypeHeaderValue(SessionRequests.SdpType));
        try
        {
            using HttpResponseMessage response = await client.PostAsync(new UriBuilder("http", "127.0.0.1", port, Path).Uri, offer);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }
}
