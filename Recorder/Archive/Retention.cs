using System.Collections.Immutable;

namespace Recorder.Archive;

/// <summary>Which recordings have to go: those that are too old, and the oldest ones while all together are too large.</summary>
public static class Retention
{
    /// <param name="recordings">In any order. Those that are being written stay, and count.</param>
    public static ImmutableArray<RecordingDocument> Due(
        IEnumerable<RecordingDocument> recordings, TimeSpan maxAge, long maxTotalBytes, DateTimeOffset now)
    {
        RecordingDocument[] all = [.. recordings.OrderBy(recording => recording.StartedAt)];
        var due = ImmutableArray.CreateBuilder<RecordingDocument>();
        long bytes = all.Sum(recording => recording.Bytes);
        foreach (RecordingDocument recording in all)
        {
            if (recording.State == RecordingState.Recording) continue;
            DateTimeOffset end = recording.EndedAt ?? recording.StartedAt;
            bool isOld = maxAge > TimeSpan.Zero && now - end > maxAge;
            bool isTooMuch = maxTotalBytes > 0 && bytes > maxTotalBytes;
            if (!isOld && !isTooMuch) continue;
            due.Add(recording);
            bytes -= recording.Bytes;
        }

        return due.ToImmutable();
    }
}
