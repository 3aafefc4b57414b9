using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Http;

namespace Gateway.Playback;

/// <summary>What is to be played, as it is posted.</summary>
/// <param name="File">Name of a file in the media folder.</param>
/// <param name="Recording">Id of a recording.</param>
/// <param name="Publication">Of a recording: the one to play, or <c>all</c>, which is the default.</param>
/// <param name="As">The publication's name in the room; where one is played.</param>
/// <param name="Start">Seconds from the start.</param>
internal sealed record PlaybackOrder(string? File, string? Recording, string? Publication, string? As, bool? Loop, double? Start);

/// <summary>What is to change of a playback; what is absent stays.</summary>
/// <param name="Position">Seconds: it goes to the last keyframe at or before.</param>
internal sealed record PlaybackChange(bool? Paused, double? Position, bool? Loop);

/// <summary>Reads the small JSON bodies of the playback's API, with a clear answer to who sends something else.</summary>
internal static class PlaybackBody
{
    public const double MaxSeconds = 10_000_000;

    private const int MaxLength = 16 << 10;

    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        AllowDuplicateProperties = false,
        MaxDepth = 4,
    };

    public static async Task<(T? Body, IResult? Problem)> ReadAsync<T>(HttpRequest request, string example)
        where T : class
    {
        (string? text, IResult? problem) = await SmallBody.ReadAsync(request, "application/json", MaxLength);
        if (problem is not null) return (null, problem);
        try
        {
            return JsonSerializer.Deserialize<T>(text!, s_options) is { } body ? (body, null) : (null, Bad("null", example));
        }
        catch (JsonException e)
        {
            return (null, Bad(e.Message, example));
        }
    }

    public static bool IsTime(double? seconds) => seconds is null or (>= 0 and <= MaxSeconds);

    private static IResult Bad(string what, string example) => Problems.BadRequest.Because($"The body is not what belongs here ({what}). Such as {example}");
}
