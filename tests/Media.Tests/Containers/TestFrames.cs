using Media.Buffers;

namespace Media.Tests.Containers;

/// <summary>Formats and frames whose content is made up: containers don't look into it.</summary>
internal static class TestFrames
{
    public static TrackFormat Opus { get; } = new() { Codec = Codec.Opus, ClockRate = 48_000, Channels = 2 };

    public static TrackFormat Aac { get; } = new() { Codec = Codec.Aac, ClockRate = 44_100, Channels = 2, Configuration = [0x12, 0x10] };

    public static TrackFormat Vp9 { get; } = new() { Codec = Codec.Vp9, ClockRate = 90_000, Video = new VideoProperties(320, 240, 0) };

    public static TrackFormat Vp8 { get; } = new() { Codec = Codec.Vp8, ClockRate = 90_000, Video = new VideoProperties(320, 240, 0) };

    public static MediaFrame Make(
        BufferPool pool, TrackFormat format, long decode, long presentation, bool isKeyframe = false, int length = 20, byte seed = 0)
    {
        PooledBuffer buffer = pool.Rent(length);
        for (int i = 0; i < length; i++) buffer.Span[i] = (byte)(seed + i);
        HeaderOf(format.Codec, isKeyframe).CopyTo(buffer.Span);
        return new MediaFrame(format, buffer, 0, length, decode, presentation, isKeyframe || format.Kind == MediaKind.Audio);
    }

    // As much of a frame as readers look at; video is 320x240.
    private static ReadOnlySpan<byte> HeaderOf(Codec codec, bool isKeyframe) => codec switch
    {
        Codec.Opus => [0xfc], // CELT, 20 ms
        Codec.Vp8 => isKeyframe ? [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00] : [0x11, 0, 0],
        Codec.Vp9 => isKeyframe ? [0x82, 0x49, 0x83, 0x42, 0x20, 0x13, 0xf0, 0x0e, 0xf0] : [0x86],
        _ => [],
    };
}
