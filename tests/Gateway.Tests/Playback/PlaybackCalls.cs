using System.Net.Http.Json;
using System.Text.Json;

namespace Gateway.Tests.Playback;

/// <summary>Calls of the playback's API.</summary>
internal static class PlaybackCalls
{
    public static async Task<(int Status, JsonElement Body)> CallAsync(
        this HttpClient client, HttpMethod method, string path, object? body = null, string? key = null, bool fromElsewhere = false)
    {
        using var request = new HttpRequestMessage(method, new Uri("/api/v1" + path, UriKind.Relative));
        if (body is not null) request.Content = JsonContent.Create(body);
        if (key is not null) request.Headers.Add("Authorization", $"Bearer {key}");
        if (fromElsewhere) request.Headers.Add("X-Forwarded-For", "192.0.2.9");
        using HttpResponseMessage response = await client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone());
    }

    /// <summary>Starts a playback, which must succeed; its path.</summary>
    public static async Task<string> PlayAsync(this HttpClient client, string room, object order)
    {
        (int status, JsonElement body) = await client.CallAsync(HttpMethod.Post, $"/rooms/{room}/playback", order);
        Assert.True(status == 201, $"{status} {body}");
        return $"/rooms/{room}/playback/{body.GetProperty("id").GetString()}";
    }

    public static async Task<JsonElement> LookAsync(this HttpClient client, string playback) => (await client.CallAsync(HttpMethod.Get, playback)).Body;

    public static async Task ChangeAsync(this HttpClient client, string playback, object change)
    {
        (int status, JsonElement body) = await client.CallAsync(HttpMethod.Patch, playback, change);
        Assert.True(status == 200, $"{status} {body}");
    }

    public static string TypeOf(this JsonElement problem) => problem.GetProperty("type").GetString()!["/problems/".Length..];
}
