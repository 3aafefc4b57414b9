using System.Collections.Immutable;
using Media;
using Media.Containers;

namespace Recorder.Tape;

/// <summary>Which container takes which codecs.</summary>
internal static class Container
{
    public const string Mp4 = "mp4";
    public const string WebM = "webm";

    /// <param name="video">Null = sound alone.</param>
    public static string For(Codec? video) => video == Codec.Vp8 ? WebM : Mp4;

    /// <summary>Whether sound goes into the file of that picture as it is.</summary>
    public static bool Takes(Codec? video, Codec audio) => audio == Codec.Opus || (audio == Codec.Aac && For(video) == Mp4);

    public static string Of(ImmutableArray<TrackFormat> tracks) =>
        For(tracks.FirstOrDefault(track => track.Kind == MediaKind.Video)?.Codec);

    /// <summary>False while the frames that came do not say yet what the container's header has to.</summary>
    public static bool IsComplete(TrackFormat format) => format.Codec switch
    {
        Codec.H264 or Codec.H265 => !format.ParameterSets.IsEmpty && format.Video is { Width: > 0, Height: > 0 },
        Codec.Vp8 or Codec.Vp9 or Codec.Av1 => format.Video is { Width: > 0, Height: > 0 },
        Codec.Aac => !format.Configuration.IsEmpty,
        _ => true,
    };
}
