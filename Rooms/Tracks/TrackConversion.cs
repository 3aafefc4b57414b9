using Media;

namespace Rooms.Tracks;

/// <summary>How frames of one codec are made into the shape that was asked for, or why they are not.</summary>
/// <param name="Make">Makes the track of the given id; null = impossible.</param>
internal readonly record struct TrackConversion(Func<string, DerivedFrameTrack>? Make, string? Reason)
{
    public static TrackConversion Plan(FrameTrack source, TrackFormat format, TrackShape shape)
    {
        RoomsContext context = source.Publication.Context;
        if (format.Kind == MediaKind.Video && !shape.Reencoded)
        {
            VideoPolicy policy = context.Options.VideoPolicyOf(source.Publication.Room.Name);
            bool sameCodec = format.Codec == shape.Codec;
            if (policy == VideoPolicy.Drop && sameCodec && source is PublishedTrack { CanDropBFrames: true })
                return new TrackConversion(id => new DiscardingTrack(id, source), null);
            if (policy != VideoPolicy.Transcode) return Refuse($"{WhyNot(source, format, shape)}, and this room does not convert video");
        }

        if (context.FFmpeg.WhyNot(format.Codec, shape.Codec) is { } missing)
            return Refuse($"{WhyNot(source, format, shape)}, and it cannot be converted: {missing}");
        if (format.Kind == MediaKind.Audio)
            return new TrackConversion(id => new AudioTranscodedTrack(id, source, shape.Codec, context.FFmpeg), null);
        if (context.VideoTranscodes.TryAcquire() is not { } lease)
            return Refuse($"{WhyNot(source, format, shape)}, and all {context.VideoTranscodes.Limit} places for conversions are taken");
        return new TrackConversion(id => new VideoTranscodedTrack(id, source, shape.Codec, context.FFmpeg, lease), null);
    }

    private static TrackConversion Refuse(string reason) => new(null, reason);

    private static string WhyNot(FrameTrack source, TrackFormat format, TrackShape shape)
    {
        if (format.Codec != shape.Codec) return $"the source is {format.Codec.Name()}, not {shape.Codec.Name()}";
        return source.Compatibility.Reasons.IsEmpty ? "the source has to be encoded anew" : string.Join("; ", source.Compatibility.Reasons);
    }
}
