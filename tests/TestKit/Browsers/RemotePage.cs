using System.Net.WebSockets;
using System.Text.Json;
using Xunit.Sdk;

namespace TestKit.Browsers;

/// <summary>A tab of a browser under remote control: commands and answers as JSON over one WebSocket.</summary>
public abstract class RemotePage : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly List<string> _faults = [];
    private int _lastId;

    /// <summary>Errors that the console showed and exceptions that nobody caught, as far as they were read with the answers to commands.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>The value of an expression of the page; promises are awaited.</summary>
    public abstract Task<JsonElement> EvaluateAsync(string expression);

    /// <summary>Clicks the middle of an element, as a person would.</summary>
    public abstract Task ClickAsync(string selector);

    /// <summary>False also while the page is not far enough for the expression to make sense, or is about to be another one.</summary>
    public async Task<bool> IsTrueAsync(string expression)
    {
        try
        {
            return await EvaluateAsync($"(() => {{ try {{ return Boolean({expression}); }} catch {{ return false; }} }})()") is { ValueKind: JsonValueKind.True };
        }
        catch (XunitException fault) when (fault.Message.Contains("navigated", StringComparison.Ordinal) || fault.Message.Contains("context", StringComparison.Ordinal))
        {
            return false;
        }
    }

    public async Task WaitForAsync(string expression, int seconds = 10)
    {
        long end = Environment.TickCount64 + (seconds * 1000L);
        while (!await IsTrueAsync(expression))
        {
            if (Environment.TickCount64 > end)
                throw new XunitException($"Not true after {seconds} s: {expression}; the page says: {await EvaluateAsync("document.body.innerText")} {string.Join("; ", _faults)}");
            await Task.Delay(50);
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) => _socket.Dispose();

    /// <summary>The text of an event that tells of an error in the page, null for all other events.</summary>
    protected abstract string? FaultOf(string method, JsonElement parameters);

    protected Task ConnectAsync(string url) => _socket.ConnectAsync(new Uri(url), default);

    /// <summary>Where it is, after it was brought into view.</summary>
    protected async Task<(double X, double Y)> MiddleAsync(string selector)
    {
        JsonElement at = await EvaluateAsync(
            $"(() => {{ const e = document.querySelector('{selector}'); e.scrollIntoView({{ block: 'nearest' }}); const r = e.getBoundingClientRect(); "
            + "return [r.x + r.width / 2, r.y + r.height / 2]; })()");
        return (at[0].GetDouble(), at[1].GetDouble());
    }

    protected async Task<JsonElement> SendAsync(string method, object parameters)
    {
        int id = ++_lastId;
        byte[] request = JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters });
        await _socket.SendAsync(request, WebSocketMessageType.Text, true, default);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            JsonElement message = await ReceiveAsync(patience.Token);
            if (!message.TryGetProperty("id", out JsonElement answered) || answered.ValueKind != JsonValueKind.Number)
            {
                if (message.TryGetProperty("method", out JsonElement name) && FaultOf(name.GetString()!, message.GetProperty("params")) is { } fault) _faults.Add(fault);
                continue;
            }

            if (answered.GetInt32() != id) continue;
            if (message.TryGetProperty("error", out _)) throw new XunitException($"{method}: {message}");
            return message.GetProperty("result");
        }
    }

    private async Task<JsonElement> ReceiveAsync(CancellationToken cancellation)
    {
        using var message = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            WebSocketReceiveResult part = await _socket.ReceiveAsync(buffer, cancellation);
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return JsonDocument.Parse(message.ToArray()).RootElement;
        }
    }
}
