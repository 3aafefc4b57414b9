namespace Media.Containers;

/// <summary>One frame out of a file.</summary>
/// <param name="Track">Index in the reader's list of tracks.</param>
/// <param name="Frame">
/// The caller's to release. Its format is the track's, or a newer one where the stream itself changed it. Times are in the
/// format's clock rate from the file's zero; a decode time may be below it.
/// </param>
public readonly record struct MediaFileSample(int Track, MediaFrame Frame);
