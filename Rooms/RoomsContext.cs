using Media.FFmpeg;
using Rooms.Tracks;

namespace Rooms;

/// <summary>What every publication needs from the house it lives in.</summary>
public sealed class RoomsContext(RoomOptions options, RoomEvents events, FFmpegLibrary ffmpeg)
{
    public RoomOptions Options { get; } = options;

    public RoomEvents Events { get; } = events;

    /// <summary>Available or not: then its reason is what pages and API say.</summary>
    public FFmpegLibrary FFmpeg { get; } = ffmpeg;

    /// <summary>Told of all publications; set once, before the first one.</summary>
    public IPublicationListener? Listener { get; set; }

    /// <summary>See <see cref="VideoTranscoderOptions.BeforeEncoding"/>; for conversions that are made from then on.</summary>
    internal Action? BeforeEncoding { get; set; }

    /// <summary>What tracks lose on their way to other loops.</summary>
    public RelayStatistics Relays { get; } = new();

    /// <summary>Bounds the video transcodes of the whole program.</summary>
    public TranscodeLimiter VideoTranscodes { get; } = new(options.MaxVideoTranscodes);
}
