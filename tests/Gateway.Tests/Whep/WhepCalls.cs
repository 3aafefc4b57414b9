using System.Net.Http.Headers;
using System.Text;
using TestKit.WebRtc;

namespace Gateway.Tests.Whep;

/// <summary>Requests as a WHEP client makes them, one by one.</summary>
internal static class WhepCalls
{
    public const string Sdp = "application/sdp";
    public const string Fragment = "application/trickle-ice-sdpfrag";

    public static string Offer(WhepOfferOptions? options = null)
    {
        using var peer = new WebRtcTestPeer();
        return WhepOffer.Create(peer, options ?? new WhepOfferOptions());
    }

    public static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string? body = null, string type = Sdp, string? token = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Body(body ?? Offer(), type) };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client.SendAsync(request);
    }

    public static Task<HttpResponseMessage> PatchAsync(HttpClient client, Uri session, string body, string? match, string type = Fragment)
    {
        var request = new HttpRequestMessage(HttpMethod.Patch, session) { Content = Body(body, type) };
        if (match is not null) request.Headers.TryAddWithoutValidation("If-Match", match);
        return client.SendAsync(request);
    }

    public static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) || response.Content.Headers.TryGetValues(name, out values)
            ? string.Join(", ", values) : "";

    private static StringContent Body(string text, string type) => new(text, Encoding.UTF8, new MediaTypeHeaderValue(type));
}
