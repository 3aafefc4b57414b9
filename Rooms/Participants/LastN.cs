using System.Collections.Immutable;

namespace Rooms.Participants;

/// <summary>Chooses whose video flows to a participant who wants a few cameras only: those of the most recent speakers.</summary>
public static class LastN
{
    /// <param name="count">How many cameras.</param>
    /// <param name="recentSpeakers">Ids, the latest first.</param>
    /// <param name="videos">All that could flow, in the order in which they came.</param>
    /// <returns>Names of publications.</returns>
    public static ImmutableHashSet<string> Choose(int count, ImmutableArray<string> recentSpeakers, IEnumerable<RoomVideo> videos)
    {
        ImmutableHashSet<string>.Builder chosen = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        var cameras = new List<RoomVideo>();
        foreach (RoomVideo video in videos)
        {
            if (video.Participant is null) chosen.Add(video.Publication);
            else cameras.Add(video);
        }

        // Stable: who never spoke comes in the order of joining.
        foreach (RoomVideo camera in cameras.OrderBy(camera => Rank(recentSpeakers.IndexOf(camera.Participant!))).Take(count))
            chosen.Add(camera.Publication);
        return chosen.ToImmutable();
    }

    private static int Rank(int index) => index < 0 ? int.MaxValue : index;
}

/// <summary>A publication with video, in a room of many.</summary>
/// <param name="Participant">Whose camera it is; null = not counted and always shown: a screen, or what comes by another protocol.</param>
public readonly record struct RoomVideo(string Publication, string? Participant);
