using System.Globalization;
using System.Text.Json;
using TestKit;
using TestKit.Measuring;
using TestKit.Processes;
using TestKit.Skipping;

namespace Network.Tests;

/// <summary>Five hundred people press play at once: those who watch already must not notice.</summary>
[Trait("Suite", "hotpath")]
public sealed class MassJoinTests
{
    private const int Watching = 20;
    private const int Joining = 500;
    private const double AddedLimit = 5;
    private const double ConnectLimitSeconds = 15;

    [TimedFact]
    public async Task Five_hundred_that_join_at_once_delay_nobodys_media_and_all_get_in()
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync();
        using HttpClient http = gateway.CreateHttpClient();
        await using WatchedRoom room = await WatchedRoom.OpenAsync(gateway, http, "mass", Watching);
        int connected = 0;
        Dictionary<string, double> figures = await TimedRounds.RunAsync(
            $"{Joining} join while {Watching} watch, ms", AddedLimit,
            async () =>
            {
                double quiet = await room.P99WhileAsync(Task.Delay(TimeSpan.FromSeconds(3)));
                Task<JsonElement> join = JoinAsync(gateway.Whep("mass"), gateway.Process.Id);
                double joining = await room.P99WhileAsync(join);
                JsonElement result = await join;
                connected = result.GetProperty("connected").GetInt32();
                return new()
                {
                    ["quiet p99"] = quiet, ["joining p99"] = joining, ["added p99"] = joining - quiet,
                    ["all in after"] = result.GetProperty("connect_all_ms").GetDouble(), ["connected"] = connected, ["KB each"] = result.GetProperty("kilobytes_per_viewer").GetDouble(),
                };
            },
            medians => medians["added p99"] <= AddedLimit);

        Report.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{Joining} viewers join at once: all in after {figures["all in after"]:0} ms, media p99 {figures["quiet p99"]:0.00} -> {figures["joining p99"]:0.00} ms, {figures["KB each"]:0} KB each"));
        Assert.Equal(Joining, connected);
        Assert.InRange(figures["all in after"], 0, ConnectLimitSeconds * 1000);
        Assert.InRange(figures["added p99"], double.MinValue, AddedLimit);
    }

    /// <summary>The load generator in a process of its own, behind everybody else in the queue for a processor.</summary>
    private static async Task<JsonElement> JoinAsync(string url, int server)
    {
        string program = Path.Combine(RepositoryRoot.Path, "bench/Load/bin/Release/net10.0/Load.dll");
        string[] options = ["--audio", "--no-send", "--decrypt", "0", "--warmup", "0", "--seconds", "0.5", "--viewers", $"{Joining}", "--server-pid", $"{server}"];
        string log = await ChildProcess.RunAsync("nice", ["-n", "19", "dotnet", program, "--url", url, .. options]);
        return JsonDocument.Parse(log.Split('\n').First(line => line.StartsWith('{'))).RootElement.Clone();
    }
}
