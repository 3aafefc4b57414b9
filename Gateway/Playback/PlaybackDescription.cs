using System.Collections.Immutable;
using Ingest.Playback;

namespace Gateway.Playback;

/// <summary>A playback as the API shows it.</summary>
/// <param name="Publications">Names of what it publishes.</param>
/// <param name="Files">What is played.</param>
/// <param name="Position">Seconds from the start, from 0 again in each loop.</param>
/// <param name="Duration">Seconds, as far as it is known.</param>
/// <param name="Reason">Why it is over.</param>
/// <param name="Notes">What is not played of it, and why.</param>
/// <param name="Stalls">Times that the disk was too slow, and everything waited.</param>
internal sealed record PlaybackDescription(
    string Id,
    string Room,
    PlaybackState State,
    ImmutableArray<string> Publications,
    ImmutableArray<string> Files,
    double Position,
    double Duration,
    bool Loop,
    string? Reason,
    ImmutableArray<string> Notes,
    long Stalls)
{
    private const int FilesShown = 100;

    public static async Task<PlaybackDescription> OfAsync(RoomPlayback playback)
    {
        PlaybackSnapshot now = await playback.Loop.InvokeAsync(playback.Describe);
        PlaybackRequest request = playback.Request;
        return new PlaybackDescription(
            request.Id, request.Room, now.State,
            [.. request.Parts.Select(part => part.Publication)],
            [.. request.Parts.SelectMany(part => part.Items).Select(item => item.Name).Take(FilesShown)],
            Math.Round(now.Position.TotalSeconds, 3), Math.Round(now.Duration.TotalSeconds, 3), now.Loop, now.Reason, now.Notes, now.Stalls);
    }
}

/// <summary>A file of the media folder.</summary>
internal sealed record MediaFileDescription(string Name, long Bytes, DateTimeOffset Changed);
