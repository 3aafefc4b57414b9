using Gateway.Tests.Hosting;
using Gateway.Tests.Rtmp;
using Media.Buffers;
using TestKit.Measuring;
using TestKit.Sources;
using TestKit.WebRtc;

namespace Network.Tests;

/// <summary>Publishers and viewers that come and go, orderly and not, leave nothing behind.</summary>
[Trait("Suite", "network")]
public sealed class ChurnTests
{
    private const int Cycles = 200;
    private const int WarmUp = 10;

    // A session that vanished is kept for 25 s, a publisher for 30 s.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(50);

    [Fact]
    public async Task Two_hundred_publishers_and_viewers_leave_no_buffer_handle_or_thread_behind()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gateway-churn-");
        EncoderSettings settings = EncoderSettings.ZeroLatency(30) with { Width = 320, Height = 180 };
        IReadOnlyList<FlvFileTag> tags = FlvFile.Read(await FileSource.EncodeAsync(folder.FullName, "churn.flv", settings, 1));
        await using RunningGateway gateway = await RunningGateway.StartAsync("--Logging:LogLevel:Default=Warning");
        for (int i = 0; i < WarmUp; i++) await CycleAsync(gateway, i, tags);
        Remains before = await SettleAsync(gateway);
        long started = Environment.TickCount64;
        for (int i = 0; i < Cycles; i++) await CycleAsync(gateway, WarmUp + i, tags);
        double seconds = (Environment.TickCount64 - started) / 1000.0;
        Remains after = await SettleAsync(gateway);
        folder.Delete(recursive: true);
        Report.Table(
            $"{Cycles} publishers and viewers in {seconds:0} s", ["", "buffers", "handles", "threads", "rooms"],
            [["before", .. before.Cells], ["after", .. after.Cells]]);
        Assert.Equal(before.Buffers, after.Buffers);
        Assert.Equal(0, after.Rooms);
        Assert.InRange(after.Handles, 0, before.Handles + 8);
        Assert.InRange(after.Threads, 0, before.Threads + 6);
    }

    private static async Task CycleAsync(RunningGateway gateway, int number, IReadOnlyList<FlvFileTag> tags)
    {
        string room = $"churn{number}";
        await using RtmpTestConnection encoder = await RtmpTestConnection.OpenAsync(gateway.Host.RtmpPort!.Value);
        Assert.Equal("NetStream.Publish.Start", await encoder.PublishAsync(room));
        foreach (FlvFileTag tag in tags)
            _ = tag.IsVideo ? encoder.Client.Video(tag.Timestamp, tag.Body) : encoder.Client.Audio(tag.Timestamp, tag.Body);
        await encoder.SendAsync();
        WhepTestClient viewer = await WhepTestClient.ConnectAsync(new Uri($"http://127.0.0.1:{gateway.Host.HttpPort}/whep/{room}"));
        await viewer.WaitForPacketsAsync(viewer.Video!, 10, TimeSpan.FromSeconds(10));
        if (number % 3 == 0) await viewer.DeleteAsync();
        else if (number % 3 == 1) viewer.Peer.Dispose(); // without a word
        await LeaveAsync(viewer);
        if (number % 2 == 0)
        {
            encoder.Client.Command("deleteStream", 0, Media.Flv.AmfValue.Null, 1);
            await encoder.SendAsync();
        }
    }

    private static async Task LeaveAsync(WhepTestClient viewer)
    {
        try
        {
            await viewer.DisposeAsync();
        }
        catch (ObjectDisposedException)
        {
            // The one whose socket is closed already.
        }
    }

    private static async Task<Remains> SettleAsync(RunningGateway gateway)
    {
        long end = Environment.TickCount64 + (long)s_patience.TotalMilliseconds;
        while (Environment.TickCount64 < end && gateway.Rooms.Rooms.Length > 0) await Task.Delay(200);
        await Task.Delay(TimeSpan.FromSeconds(25)); // idle pool threads end after 20 s
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return new Remains(
            BufferPool.Shared.Leased, Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(),
            Directory.EnumerateDirectories("/proc/self/task").Count(), gateway.Rooms.Rooms.Length);
    }

    private sealed record Remains(long Buffers, int Handles, int Threads, int Rooms)
    {
        public object[] Cells => [Buffers, Handles, Threads, Rooms];
    }
}
