namespace Media.Containers;

/// <summary>A track of sound or picture in a file.</summary>
/// <param name="CodecName">As people write it: <c>H264</c>; for what is not carried the file's own name for it.</param>
/// <param name="Format">Null where the track can't be read. Times of its frames count from the file's zero.</param>
/// <param name="Unsupported">Why the track can't be read; else null.</param>
/// <param name="Start">When its first frame is shown or heard, from the file's zero.</param>
/// <param name="Duration">From there to the end of its last frame, as far as the file says so without being read.</param>
public sealed record MediaFileTrack(
    MediaKind Kind, string CodecName, TrackFormat? Format, string? Unsupported, TimeSpan Start, TimeSpan Duration);
