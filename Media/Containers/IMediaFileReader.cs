using System.Collections.Immutable;

namespace Media.Containers;

/// <summary>
/// Reads the frames of a media file, ours or anyone's, in canonical form. What is broken beyond reading ends with a
/// <see cref="MediaFileException"/> and nothing else, whatever the file holds. One thread.
/// </summary>
public interface IMediaFileReader : IDisposable
{
    /// <summary>All tracks of sound and picture; those that can't be read say why.</summary>
    ImmutableArray<MediaFileTrack> Tracks { get; }

    /// <summary>From the file's zero to the end of its longest track.</summary>
    TimeSpan Duration { get; }

    /// <summary>
    /// The next frame over all tracks that can be read, in the order of decode times. The sample's frame is the caller's to
    /// release. False at the end of the file.
    /// </summary>
    bool TryRead(out MediaFileSample sample);

    /// <summary>
    /// Goes to the last keyframe of the video at or before a position (the first one where there is none), and for the other
    /// tracks to where that keyframe is shown. Without video: to the position itself.
    /// </summary>
    void Seek(TimeSpan position);
}
