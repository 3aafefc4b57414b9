namespace Recorder.Archive;

/// <summary>Which recordings are looked for; null = any.</summary>
/// <param name="From">Only what has media at or after this time.</param>
/// <param name="To">Only what began before this time.</param>
public sealed record RecordingQuery(string? Room = null, DateTimeOffset? From = null, DateTimeOffset? To = null)
{
    public bool Covers(RecordingDocument recording) =>
        (Room is null || recording.Room.Equals(Room, StringComparison.OrdinalIgnoreCase))
        && (From is not { } from || recording.State == RecordingState.Recording || recording.StartedAt.AddSeconds(recording.Duration) >= from)
        && (To is not { } to || recording.StartedAt < to);
}
