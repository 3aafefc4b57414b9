using System.Collections.Immutable;
using Media;
using Rooms;

namespace Gateway.Api;

/// <summary>What a person should know of a publication's video, in plain words: what is done for browsers, or why nothing is.</summary>
internal static class VideoWarnings
{
    public static ImmutableArray<string> Of(PublicationSnapshot publication, RoomsContext context, string room)
    {
        bool isConverted = publication.Tracks.Any(track => !track.IsPublished && track.Format.Kind == MediaKind.Video);
        return
        [
            .. publication.Tracks.Where(track => track is { IsPublished: true, WebRtcCompatible: false })
                .Select(track => isConverted || WillConvert(track, context, room) ? Converted(track) : Refused(track)),
            .. publication.Tracks.Where(track => !track.IsPublished).Select(track => track.State).OfType<string>().Distinct(),
        ];
    }

    private static bool WillConvert(TrackSnapshot track, RoomsContext context, string room) =>
        context.Options.VideoPolicyOf(room) == VideoPolicy.Transcode && context.FFmpeg.CanTranscode(track.Format.Codec, Codec.H264);

    private static string Converted(TrackSnapshot track) =>
        $"The video is converted for browsers because of {string.Join(" and ", track.IncompatibleBecause.Select(reason => reason.Split(": ")[0]))}";

    private static string Refused(TrackSnapshot track) =>
        $"Browsers can't show the video ({string.Join("; ", track.IncompatibleBecause)})";
}
