using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Media.Tests.Containers;

/// <summary>One packet as ffprobe lists it; times in seconds.</summary>
internal sealed record ProbedPacket(int Stream, double Decode, double Presentation, int Size, bool IsKeyframe, long Position);

internal sealed record ProbedStream(string Codec, double Start, int Width, int Height);

/// <summary>What ffprobe finds in a file, and what it complains about.</summary>
internal sealed class FFprobe
{
    private FFprobe(JsonElement root, string complaints)
    {
        Complaints = complaints;
        Streams = [.. root.GetProperty("streams").EnumerateArray().Select(stream => new ProbedStream(
            stream.GetProperty("codec_name").GetString()!, Number(stream, "start_time"),
            stream.TryGetProperty("width", out JsonElement width) ? width.GetInt32() : 0,
            stream.TryGetProperty("height", out JsonElement height) ? height.GetInt32() : 0))];
        Packets = [.. root.GetProperty("packets").EnumerateArray().Select(packet => new ProbedPacket(
            packet.GetProperty("stream_index").GetInt32(), Number(packet, "dts_time"), Number(packet, "pts_time"),
            int.Parse(packet.GetProperty("size").GetString()!, CultureInfo.InvariantCulture),
            packet.GetProperty("flags").GetString()!.StartsWith('K'), (long)Number(packet, "pos")))];
        Duration = Number(root.GetProperty("format"), "duration");
        Start = Number(root.GetProperty("format"), "start_time");
    }

    public IReadOnlyList<ProbedStream> Streams { get; }

    public IReadOnlyList<ProbedPacket> Packets { get; }

    public double Duration { get; }

    public double Start { get; }

    /// <summary>Standard error at level warning.</summary>
    public string Complaints { get; }

    public static FFprobe Read(string path, string options = "")
    {
        string output = Run("ffprobe", $"-v warning -show_streams -show_packets -show_format -of json {options} {path}", out string errors);
        return new FFprobe(JsonDocument.Parse(output).RootElement, errors);
    }

    /// <summary>Decodes everything; gives back what ffmpeg has to say at level error.</summary>
    public static string DecodingErrors(string path, string options = "")
    {
        Run("ffmpeg", $"-nostdin -v error {options} -i {path} -f null -", out string errors);
        return errors;
    }

    public IEnumerable<ProbedPacket> PacketsOf(int stream) => Packets.Where(packet => packet.Stream == stream);

    /// <summary>Fails where decode times do not rise.</summary>
    public void AssertMonotonic()
    {
        for (int stream = 0; stream < Streams.Count; stream++)
        {
            double last = double.MinValue;
            foreach (ProbedPacket packet in PacketsOf(stream))
            {
                Assert.True(packet.Decode > last, $"stream {stream}: {packet.Decode} after {last}");
                last = packet.Decode;
            }
        }
    }

    private static double Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && double.TryParse(value.GetString(), CultureInfo.InvariantCulture, out double number)
            ? number : double.NaN;

    private static string Run(string program, string arguments, out string errors)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return output.Result;
    }
}
