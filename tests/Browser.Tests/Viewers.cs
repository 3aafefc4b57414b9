using TestKit.Browsers;
using TestKit.Processes;

namespace Browser.Tests;

/// <summary>What all tests of the collection share: one gateway, one Chromium.</summary>
[CollectionDefinition(Name)]
public sealed class ViewersCollection : ICollectionFixture<GatewayFixture>, ICollectionFixture<ChromiumFixture>
{
    public const string Name = "viewers";
}

/// <summary>A running gateway with its default options.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    public GatewayProcess Gateway { get; private set; } = null!;

    public async Task InitializeAsync() => Gateway = await GatewayProcess.StartAsync();

    public Task DisposeAsync()
    {
        Gateway.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>What player.html is asked for; see there.</summary>
internal sealed record PlayerJob
{
    public required string Url { get; init; }

    public required double Seconds { get; init; }

    /// <summary>The port of a relay through which it connects; 0 = the gateway's own candidates.</summary>
    public int Via { get; init; }

    /// <summary>Takes the gateway's TCP candidates only.</summary>
    public bool TcpOnly { get; init; }

    public bool Video { get; init; } = true;

    public bool Audio { get; init; } = true;

    /// <summary>Unix milliseconds of the POST; 0 = at once.</summary>
    public long StartAt { get; init; }

    /// <summary>Compares each n-th shown picture with the one that was drawn; 0 = none.</summary>
    public int SsimEvery { get; init; }

    public double Frequency { get; init; } = 1000;
}

internal static class Viewers
{
    public static async Task<Viewing> WatchAsync(this TestKit.Browsers.Browser browser, PlayerJob job)
    {
        TimeSpan patience = TimeSpan.FromSeconds(job.Seconds + 30 + Math.Max(0, (job.StartAt - TestKit.Sources.LiveSource.Now()) / 1000.0));
        var viewing = new Viewing(await browser.Pages.RunAsync("player.html", job, patience));
        Assert.True(viewing.Status == 201, $"WHEP answered {viewing.Status}: {viewing.Answer} {string.Join("; ", viewing.Problems)}");
        Assert.Empty(viewing.Problems);
        return viewing;
    }

    public static Task<Viewing> WatchAsync(this TestKit.Browsers.Browser browser, GatewayProcess gateway, string room, double seconds, long startAt = 0) =>
        browser.WatchAsync(new PlayerJob { Url = gateway.Whep(room), Seconds = seconds, StartAt = startAt });
}
