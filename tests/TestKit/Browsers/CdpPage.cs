using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Xunit.Sdk;

namespace TestKit.Browsers;

/// <summary>
/// A tab of Chromium under the DevTools protocol, for what a page can't do to itself: a real click. The browser must be
/// started with <see cref="Flag"/>.
/// </summary>
public sealed class CdpPage : IDisposable
{
    public const string Flag = "--remote-debugging-port=0";

    private readonly ClientWebSocket _socket = new();
    private int _lastId;

    private CdpPage()
    {
    }

    public static async Task<CdpPage> OpenAsync(Browser browser, Uri url)
    {
        ArgumentNullException.ThrowIfNull(browser);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        string root = $"http://127.0.0.1:{await PortAsync(browser)}/json/new?about:blank";
        using HttpResponseMessage answer = await client.PutAsync(new Uri(root), null);
        JsonElement target = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var page = new CdpPage();
        await page._socket.ConnectAsync(new Uri(target.GetProperty("webSocketDebuggerUrl").GetString()!), default);
        await page.SendAsync("Page.enable", new { });
        await page.SendAsync("Page.bringToFront", new { });
        await page.SendAsync("Page.navigate", new { url = url.ToString() });
        return page;
    }

    /// <summary>The value of an expression of the page; promises are awaited.</summary>
    public async Task<JsonElement> EvaluateAsync(string expression)
    {
        JsonElement result = await SendAsync("Runtime.evaluate", new { expression, awaitPromise = true, returnByValue = true });
        if (result.TryGetProperty("exceptionDetails", out JsonElement fault)) throw new XunitException($"{expression}: {fault}");
        return result.GetProperty("result").TryGetProperty("value", out JsonElement value) ? value : default;
    }

    /// <summary>False also while the page is not far enough for the expression to make sense.</summary>
    public async Task<bool> IsTrueAsync(string expression) =>
        await EvaluateAsync($"(() => {{ try {{ return Boolean({expression}); }} catch {{ return false; }} }})()") is { ValueKind: JsonValueKind.True };

    public async Task WaitForAsync(string expression, int seconds = 10)
    {
        long end = Environment.TickCount64 + (seconds * 1000L);
        while (!await IsTrueAsync(expression))
        {
            if (Environment.TickCount64 > end)
                throw new XunitException($"Not true after {seconds} s: {expression}; the page says: {await EvaluateAsync("document.body.innerText")}");
            await Task.Delay(50);
        }
    }

    /// <summary>Clicks the middle of an element, as a person would.</summary>
    public async Task ClickAsync(string selector)
    {
        JsonElement at = await EvaluateAsync(
            $"(() => {{ const r = document.querySelector('{selector}').getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})()");
        foreach (string type in (string[])["mousePressed", "mouseReleased"])
            await SendAsync("Input.dispatchMouseEvent", new { type, x = at[0].GetDouble(), y = at[1].GetDouble(), button = "left", clickCount = 1 });
    }

    public void Dispose() => _socket.Dispose();

    private static async Task<string> PortAsync(Browser browser)
    {
        string path = Path.Combine(browser.ProfileFolder, "DevToolsActivePort");
        for (int attempt = 0; attempt < 300; attempt++, await Task.Delay(100))
            if (File.Exists(path) && await File.ReadAllLinesAsync(path) is { Length: >= 1 } lines) return lines[0];
        throw new XunitException("Chromium did not open its DevTools port:\n" + browser.Log);
    }

    private async Task<JsonElement> SendAsync(string method, object parameters)
    {
        int id = ++_lastId;
        byte[] request = JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters });
        await _socket.SendAsync(request, WebSocketMessageType.Text, true, default);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            // Events come between the answers and are not needed.
            JsonElement message = await ReceiveAsync(patience.Token);
            if (!message.TryGetProperty("id", out JsonElement answered) || answered.GetInt32() != id) continue;
            if (message.TryGetProperty("error", out JsonElement fault)) throw new XunitException($"{method}: {fault}");
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
