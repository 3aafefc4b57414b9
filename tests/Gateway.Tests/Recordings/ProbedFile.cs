using System.Globalization;
using System.Text.Json;
using TestKit.Processes;

namespace Gateway.Tests.Recordings;

/// <summary>What ffprobe finds in a file, packet by packet.</summary>
internal sealed record ProbedStream(string Kind, string Codec, double Start, double[] DecodeTimes, double[] PresentationTimes, int Keyframes)
{
    public int Packets => DecodeTimes.Length;

    public double End => PresentationTimes.Max();

    /// <summary>Every decode time is after the one before.</summary>
    public bool IsMonotonic => DecodeTimes.Zip(DecodeTimes.Skip(1)).All(pair => pair.Second > pair.First);
}

internal sealed record ProbedFile(double Duration, ProbedStream[] Streams)
{
    public ProbedStream? Video => Streams.FirstOrDefault(stream => stream.Kind == "video");

    public ProbedStream? Audio => Streams.FirstOrDefault(stream => stream.Kind == "audio");

    public static async Task<ProbedFile> ReadAsync(string path)
    {
        string answer = Path.GetTempFileName(); // a process's log keeps its last lines only
        await ChildProcess.RunAsync("ffprobe",
            ["-v", "error", "-o", answer, "-show_entries", "format=duration:stream=index,codec_type,codec_name,start_time:packet=stream_index,pts_time,dts_time,flags", "-of", "json", path]);
        JsonElement root = JsonDocument.Parse(await File.ReadAllTextAsync(answer)).RootElement;
        File.Delete(answer);
        ILookup<int, JsonElement> packets = root.GetProperty("packets").EnumerateArray().ToLookup(packet => packet.GetProperty("stream_index").GetInt32());
        ProbedStream[] streams = [.. root.GetProperty("streams").EnumerateArray().Select(stream => Of(stream, [.. packets[stream.GetProperty("index").GetInt32()]]))];
        return new ProbedFile(Number(root.GetProperty("format"), "duration"), streams);
    }

    /// <summary>Decodes all of it; nothing may be complained of.</summary>
    public static async Task AssertDecodesAsync(string path) =>
        Assert.Equal("", await ChildProcess.RunAsync("ffmpeg", ["-v", "error", "-xerror", "-i", path, "-f", "null", "-"]));

    private static ProbedStream Of(JsonElement stream, JsonElement[] packets) => new(
        stream.GetProperty("codec_type").GetString()!, stream.GetProperty("codec_name").GetString()!, Number(stream, "start_time"),
        [.. packets.Select(packet => Number(packet, "dts_time"))], [.. packets.Select(packet => Number(packet, "pts_time"))],
        packets.Count(packet => packet.GetProperty("flags").GetString()!.Contains('K', StringComparison.Ordinal)));

    private static double Number(JsonElement from, string name) =>
        from.TryGetProperty(name, out JsonElement value) ? double.Parse(value.GetString()!, CultureInfo.InvariantCulture) : double.NaN;
}
