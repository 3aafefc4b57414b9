using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Http;

/// <summary>
/// Server-sent events to one client. A comment goes out every 15 s, so that proxies keep the connection and a client that
/// has gone is noticed. Used by one request only.
/// </summary>
internal sealed class EventStream(HttpContext context, JsonSerializerOptions json, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _writing = new(1);
    private ITimer? _heartbeat;

    public async Task OpenAsync()
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await WriteAsync(": connected\n\n");
        _heartbeat = time.CreateTimer(_ => _ = BeatAsync(), null, HeartbeatInterval, HeartbeatInterval);
    }

    public Task SendAsync<T>(string type, T data)
    {
        string text = JsonSerializer.Serialize(data, (JsonTypeInfo<T>)json.GetTypeInfo(typeof(T)));
        return WriteAsync($"event: {type}\ndata: {text}\n\n");
    }

    public void Dispose()
    {
        _heartbeat?.Dispose();
        _writing.Dispose();
    }

    private async Task BeatAsync()
    {
        try
        {
            await WriteAsync(": \n\n");
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client has gone: the request's own writer ends it.
        }
    }

    private async Task WriteAsync(string text)
    {
        CancellationToken gone = context.RequestAborted;
        await _writing.WaitAsync(gone);
        try
        {
            await context.Response.WriteAsync(text, gone);
            await context.Response.Body.FlushAsync(gone);
        }
        finally
        {
            _writing.Release();
        }
    }
}
