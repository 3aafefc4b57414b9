using System.Text.Json;
using Xunit.Sdk;

namespace TestKit.Browsers;

/// <summary>The tab of a Firefox under WebDriver BiDi. The browser must be started with <see cref="Flag"/>; it takes one such session.</summary>
public sealed class BidiPage : RemotePage
{
    public const string Flag = "--remote-debugging-port=0";

    private string _context = "";

    private BidiPage()
    {
    }

    /// <summary>A page in a small tab.</summary>
    /// <param name="script">Runs in the page before its own scripts.</param>
    public static async Task<BidiPage> OpenAsync(Browser browser, Uri url, string script)
    {
        ArgumentNullException.ThrowIfNull(browser);
        var page = new BidiPage();
        await page.ConnectAsync($"ws://127.0.0.1:{await PortAsync(browser)}/session");
        await page.SendAsync("session.new", new { capabilities = new { } });
        await page.SendAsync("session.subscribe", new { events = (string[])["log.entryAdded"] });
        JsonElement made = await page.SendAsync("browsingContext.create", new { type = "tab" });
        page._context = made.GetProperty("context").GetString()!;
        await page.SendAsync("browsingContext.setViewport", new { context = page._context, viewport = new { width = 720, height = 560 } });
        await page.SendAsync("script.addPreloadScript", new { functionDeclaration = $"() => {{ {script} }}" });
        await page.SendAsync("browsingContext.navigate", new { context = page._context, url = url.ToString(), wait = "interactive" });
        return page;
    }

    public override async Task<JsonElement> EvaluateAsync(string expression)
    {
        // Values of BiDi have a notation of their own; as JSON in a string they are those of the page.
        JsonElement answer = await SendAsync("script.evaluate", new
        {
            expression = $"(async () => JSON.stringify(await ({expression})))()", target = new { context = _context }, awaitPromise = true,
        });
        if (answer.GetProperty("type").GetString() == "exception") throw new XunitException($"{expression}: {answer}");
        JsonElement result = answer.GetProperty("result");
        return result.TryGetProperty("value", out JsonElement value) ? JsonDocument.Parse(value.GetString()!).RootElement : default;
    }

    public override async Task ClickAsync(string selector)
    {
        (double x, double y) = await MiddleAsync(selector);
        object[] actions =
        [
            new { type = "pointerMove", x = (int)x, y = (int)y }, new { type = "pointerDown", button = 0 }, new { type = "pointerUp", button = 0 },
        ];
        await SendAsync("input.performActions", new { context = _context, actions = (object[])[new { type = "pointer", id = "mouse", actions }] });
    }

    protected override string? FaultOf(string method, JsonElement parameters) =>
        method == "log.entryAdded" && parameters.GetProperty("level").GetString() == "error" ? parameters.GetProperty("text").ToString() : null;

    private static async Task<int> PortAsync(Browser browser)
    {
        string path = Path.Combine(browser.ProfileFolder, "WebDriverBiDiServer.json");
        for (int attempt = 0; attempt < 300; attempt++, await Task.Delay(100))
        {
            if (!File.Exists(path) || await File.ReadAllTextAsync(path) is not { Length: > 0 } text) continue;
            return JsonDocument.Parse(text).RootElement.GetProperty("ws_port").GetInt32();
        }

        throw new XunitException("Firefox did not open its BiDi port:\n" + browser.Log);
    }
}
