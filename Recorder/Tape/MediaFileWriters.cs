using System.Collections.Immutable;
using Media;
using Media.Containers;
using Media.Mp4;
using Media.WebM;

namespace Recorder.Tape;

internal static class MediaFileWriters
{
    /// <param name="at">The wall clock at the file's zero.</param>
    public static IMediaFileWriter Create(string container, ImmutableArray<TrackFormat> tracks, DateTimeOffset at) => container == Container.Mp4
        ? new FragmentedMp4Writer(tracks, at)
        : new WebMWriter(tracks, at);
}
