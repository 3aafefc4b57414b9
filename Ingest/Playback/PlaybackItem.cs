using System.Collections.Immutable;

namespace Ingest.Playback;

/// <summary>One file of what is played.</summary>
/// <param name="Name">What people know it by; for reasons and lists.</param>
/// <param name="Open">Opens the file anew; may throw what file systems throw.</param>
/// <param name="Start">Where the file's zero lies in the playback: for a recording, by the wall clocks of its segments.</param>
/// <param name="Duration">As far as it is known without opening the file.</param>
public sealed record PlaybackItem(string Name, Func<Stream> Open, TimeSpan Start = default, TimeSpan Duration = default);

/// <summary>What is played as one publication: files that follow each other.</summary>
public sealed record PlaybackPart(string Publication, ImmutableArray<PlaybackItem> Items);

/// <summary>What is to be played, and where.</summary>
/// <param name="Owner">What makes two callers the same party, so that one may take over from the other.</param>
/// <param name="Parts">One for each publication; they stay in sync.</param>
/// <param name="Loop">After the end of all parts, all begin again.</param>
public sealed record PlaybackRequest(
    string Id, string Room, string Owner, ImmutableArray<PlaybackPart> Parts, bool Loop = false, TimeSpan Start = default);
