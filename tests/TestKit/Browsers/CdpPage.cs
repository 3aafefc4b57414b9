using System.Net.Http.Json;
using System.Text.Json;
using Xunit.Sdk;

namespace TestKit.Browsers;

/// <summary>
/// A tab of Chromium under the DevTools protocol, for what a page can't do to itself: a real click. The browser must be
/// started with <see cref="Flag"/>.
/// </summary>
public sealed class CdpPage : RemotePage
{
    public const string Flag = "--remote-debugging-port=0";

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
        await page.ConnectAsync(target.GetProperty("webSocketDebuggerUrl").GetString()!);
        await page.StartAsync(url, null);
        return page;
    }

    /// <summary>A page in a small window, with a profile, of its own: as on another computer.</summary>
    /// <param name="script">Runs in the page before its own scripts.</param>
    public static async Task<CdpPage> OpenApartAsync(Browser browser, Uri url, string script)
    {
        ArgumentNullException.ThrowIfNull(browser);
        string port = await PortAsync(browser);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        JsonElement version = await client.GetFromJsonAsync<JsonElement>(new Uri($"http://127.0.0.1:{port}/json/version"));
        using var whole = new CdpPage();
        await whole.ConnectAsync(version.GetProperty("webSocketDebuggerUrl").GetString()!);
        JsonElement context = await whole.SendAsync("Target.createBrowserContext", new { disposeOnDetach = false });
        JsonElement target = await whole.SendAsync("Target.createTarget", new
        {
            url = "about:blank", browserContextId = context.GetProperty("browserContextId").GetString(), newWindow = true, width = 720, height = 560,
        });
        var page = new CdpPage();
        await page.ConnectAsync($"ws://127.0.0.1:{port}/devtools/page/{target.GetProperty("targetId").GetString()}");
        await page.StartAsync(url, script);
        return page;
    }

    public override async Task<JsonElement> EvaluateAsync(string expression)
    {
        JsonElement result = await SendAsync("Runtime.evaluate", new { expression, awaitPromise = true, returnByValue = true });
        if (result.TryGetProperty("exceptionDetails", out JsonElement fault)) throw new XunitException($"{expression}: {fault}");
        return result.GetProperty("result").TryGetProperty("value", out JsonElement value) ? value : default;
    }

    public override async Task ClickAsync(string selector)
    {
        (double x, double y) = await MiddleAsync(selector);
        foreach (string type in (string[])["mousePressed", "mouseReleased"])
            await SendAsync("Input.dispatchMouseEvent", new { type, x, y, button = "left", clickCount = 1 });
    }

    public Task ReloadAsync() => SendAsync("Page.reload", new { });

    protected override string? FaultOf(string method, JsonElement parameters) => method switch
    {
        "Runtime.exceptionThrown" => parameters.GetProperty("exceptionDetails").ToString(),
        "Runtime.consoleAPICalled" when parameters.GetProperty("type").GetString() == "error" => parameters.GetProperty("args").ToString(),
        "Log.entryAdded" when parameters.GetProperty("entry").GetProperty("level").GetString() == "error" => parameters.GetProperty("entry").ToString(),
        _ => null,
    };

    private async Task StartAsync(Uri url, string? script)
    {
        await SendAsync("Page.enable", new { });
        await SendAsync("Runtime.enable", new { });
        await SendAsync("Log.enable", new { });
        await SendAsync("Page.bringToFront", new { });
        if (script is not null) await SendAsync("Page.addScriptToEvaluateOnNewDocument", new { source = script });
        await SendAsync("Page.navigate", new { url = url.ToString() });
    }

    private static async Task<string> PortAsync(Browser browser)
    {
        string path = Path.Combine(browser.ProfileFolder, "DevToolsActivePort");
        for (int attempt = 0; attempt < 300; attempt++, await Task.Delay(100))
            if (File.Exists(path) && await File.ReadAllLinesAsync(path) is { Length: >= 1 } lines) return lines[0];
        throw new XunitException("Chromium did not open its DevTools port:\n" + browser.Log);
    }
}
