using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Bench.Shared;

namespace Bench.Load;

/// <summary>One measurement from the first request to the figures.</summary>
internal sealed class LoadRun(LoadOptions options) : IDisposable
{
    private const int RequestsAtOnce = 32;

    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly HttpClient _http = new();
    private readonly ViewerLoop _loop = new();
    private RtpSource? _source;

    public async Task<LoadFigures> RunAsync()
    {
        ServerUsage empty = ServerUsage.Read(options.ServerPids);
        if (options.Sends) _source = new RtpSource(options, options.RtpIn is null ? options.RtpPort : await OpenRtpInAsync());
        if (options.Sends) await Task.Delay(TimeSpan.FromSeconds(2.5)); // the first keyframe has come, and the answer waits for no second medium
        long started = ViewerLoop.Now;
        await JoinAsync();
        double connectedAfter = await WaitForAllAsync(started);
        await Task.Delay(TimeSpan.FromSeconds(options.Warmup));

        _loop.ForEach(viewer => viewer.BeginCounting());
        ServerUsage before = ServerUsage.Read(options.ServerPids);
        long sent = _source?.Sent ?? 0;
        await Task.Delay(TimeSpan.FromSeconds(options.Seconds));
        ServerUsage after = ServerUsage.Read(options.ServerPids);
        sent = (_source?.Sent ?? 0) - sent;
        return _loop.Get(viewers => new LoadFigures(options, viewers, before, after, empty, connectedAfter, sent));
    }

    public void Dispose()
    {
        _source?.Dispose();
        _loop.Dispose();
        _http.Dispose();
        _random.Dispose();
    }

    private async Task<int> OpenRtpInAsync()
    {
        string media = options.IsAudio
            ? $"m=audio 5600 RTP/AVP {ViewerOffer.Opus}\r\na=rtpmap:{ViewerOffer.Opus} opus/48000/2\r\n"
            : $"m=video 5600 RTP/AVP {ViewerOffer.H264}\r\na=rtpmap:{ViewerOffer.H264} H264/90000\r\na=fmtp:{ViewerOffer.H264} packetization-mode=1;profile-level-id=42e01f\r\n";
        using var content = new StringContent(
            "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" + media, new MediaTypeHeaderValue("application/sdp"));
        using HttpResponseMessage response = await _http.PostAsync(new Uri(options.Url!, $"/api/v1/rooms/{options.RtpIn}/rtp-in"), content);
        string answer = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"rtp-in: {(int)response.StatusCode} {answer}");
        string line = answer.Split('\n').First(text => text.StartsWith("m=", StringComparison.Ordinal));
        return int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private async Task JoinAsync() => await Parallel.ForAsync(
        0, options.Viewers, new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce }, async (index, _) =>
        {
            var viewer = new Viewer(_random, options.IsGcm, decrypts: index < options.Decrypting);
            var answer = await viewer.AskAsync(_http, options.Url!, options.IsAudio);
            _loop.Do(() => viewer.Connect(answer));
            _loop.Add(viewer);
        });

    private async Task<double> WaitForAllAsync(long started)
    {
        while (_loop.Get(viewers => viewers.Any(viewer => !viewer.IsConnected)))
        {
            if (ViewerLoop.Now - started > TimeSpan.FromSeconds(options.ConnectTimeout).Ticks) break;
            await Task.Delay(2);
        }

        return TimeSpan.FromTicks(ViewerLoop.Now - started).TotalMilliseconds;
    }
}

/// <summary>What a run has shown.</summary>
internal sealed class LoadFigures
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public LoadFigures(
        LoadOptions options, IReadOnlyList<Viewer> viewers, ServerUsage before, ServerUsage after, ServerUsage empty, double connectedAfter, long sent)
    {
        long packets = viewers.Sum(viewer => viewer.Packets), lost = viewers.Sum(viewer => viewer.Lost);
        double cpu = after.CpuSeconds - before.CpuSeconds;
        double[] latencies = [.. viewers.SelectMany(viewer => viewer.Latencies).Order()];
        double[] connects = [.. viewers.Where(viewer => viewer.ConnectTime > 0).Select(viewer => viewer.ConnectTime / (double)TimeSpan.TicksPerMillisecond).Order()];
        Label = options.Label;
        Viewers = viewers.Count;
        Connected = viewers.Count(viewer => viewer.IsConnected);
        Sent = sent;
        Received = packets;
        LossPercent = 100.0 * lost / Math.Max(1, packets + lost);
        CpuPercent = 100 * cpu / options.Seconds;
        MicrosecondsPerPacket = options.ServerPids.Length > 0 ? cpu * 1e6 / Math.Max(1, packets) : 0;
        LatencyP50 = At(latencies, 50);
        LatencyP99 = At(latencies, 99);
        ResidentMegabytes = after.ResidentMegabytes;
        KilobytesPerViewer = (after.ResidentMegabytes - empty.ResidentMegabytes) * 1024 / Math.Max(1, viewers.Count);
        Threads = after.Threads;
        ConnectAllMs = connectedAfter;
        ConnectP50 = At(connects, 50);
        ConnectP99 = At(connects, 99);
    }

    public string Label { get; }

    public int Viewers { get; }

    public int Connected { get; }

    public long Sent { get; }

    public long Received { get; }

    public double LossPercent { get; }

    /// <summary>User and system time of the server's processes by packet that arrived.</summary>
    public double MicrosecondsPerPacket { get; }

    public double CpuPercent { get; }

    /// <summary>Microseconds.</summary>
    public double LatencyP50 { get; }

    public double LatencyP99 { get; }

    public double ResidentMegabytes { get; }

    /// <summary>What the server has grown by since before the first viewer.</summary>
    public double KilobytesPerViewer { get; }

    public int Threads { get; }

    public double ConnectAllMs { get; }

    public double ConnectP50 { get; }

    public double ConnectP99 { get; }

    public string Json() => JsonSerializer.Serialize(this, s_json);

    public string Table() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        | viewers | CPU us/packet | CPU % | loss % | latency p50/p99 ms | RSS MB | KB/viewer | connected | all in ms | p50/p99 ms |
        |---|---|---|---|---|---|---|---|---|---|
        | {Viewers} | {MicrosecondsPerPacket:0.00} | {CpuPercent:0} | {LossPercent:0.00} | {LatencyP50 / 1000:0.00}/{LatencyP99 / 1000:0.00} | {ResidentMegabytes:0} | {KilobytesPerViewer:0} | {Connected} | {ConnectAllMs:0} | {ConnectP50:0}/{ConnectP99:0} |
        """);

    private static double At(double[] sorted, double percent) =>
        sorted.Length == 0 ? 0 : sorted[(int)Math.Min(sorted.Length - 1, Math.Round((sorted.Length - 1) * percent / 100))];
}
