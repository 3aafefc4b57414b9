using System.Net.Http.Json;
using System.Text.Json;
using TestKit.Processes;

namespace Gateway.Tests.Recordings;

/// <summary>Asks a gateway for its recordings.</summary>
internal static class RecordedRoom
{
    /// <summary>The segments of the newest recording of a room, as soon as they satisfy.</summary>
    public static async Task<RecordedFile[]> WaitForFilesAsync(this GatewayProcess gateway, string room, Predicate<RecordedFile[]> satisfy, int seconds = 20)
    {
        RecordedFile[] files = [];
        for (long end = Environment.TickCount64 + (seconds * 1000L); Environment.TickCount64 < end; await Task.Delay(100))
        {
            files = await gateway.FilesAsync(room);
            if (satisfy(files)) return files;
        }

        Assert.Fail($"Recorded: {string.Join(", ", files.Select(file => file.ToString()))}\n{gateway.Process.Log}");
        return files;
    }

    public static async Task<RecordedFile[]> FilesAsync(this GatewayProcess gateway, string room)
    {
        JsonElement list = await gateway.GetAsync($"recordings?room={room}");
        if (list.GetProperty("total").GetInt32() == 0) return [];
        JsonElement recording = list.GetProperty("items")[0];
        string folder = Path.Combine(gateway.Folder, "recordings", recording.GetProperty("id").GetString()!);
        return
        [
            .. recording.GetProperty("publications").EnumerateArray().SelectMany(publication =>
                publication.GetProperty("segments").EnumerateArray().Select(segment => new RecordedFile(
                    publication.GetProperty("name").GetString()!, Path.Combine(folder, segment.GetProperty("file").GetString()!),
                    segment.GetProperty("startedAt").GetDateTimeOffset(), segment.GetProperty("duration").GetDouble(), segment.GetProperty("finished").GetBoolean()))),
        ];
    }

    public static async Task<JsonElement> StartRecordingAsync(this GatewayProcess gateway, string room)
    {
        using HttpClient http = gateway.CreateHttpClient();
        using HttpResponseMessage answer = await http.PostAsync(new Uri($"api/v1/rooms/{room}/recording", UriKind.Relative), null);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}

internal sealed record RecordedFile(string Publication, string Path, DateTimeOffset StartedAt, double Duration, bool IsFinished)
{
    public DateTimeOffset EndsAt => StartedAt.AddSeconds(Duration);
}
