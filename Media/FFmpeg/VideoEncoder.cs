using Media.Buffers;
using Media.FFmpeg.Native;

namespace Media.FFmpeg;

/// <summary>
/// Encodes pictures to H.264 (constrained baseline, no delay, canonical frames) or VP8. Begins with a keyframe and makes
/// one whenever asked. Scales and converts where the picture is not 8-bit 4:2:0 of the right size. Times pass through
/// exactly. One thread.
/// </summary>
public sealed class VideoEncoder : IDisposable
{
    private readonly CodecContextHandle _encoder;
    private readonly BufferPool _pool;
    private readonly PacketHandle _packet = new();
    private readonly FrameHandle _frame = new();
    private readonly H264Output _h264;
    private readonly PictureConverter _converter;

    /// <param name="color">What the pictures' samples mean, as the decoder says; passed on where the codec can say it.</param>
    /// <param name="previous">The format that takers have now: the new one gets a higher version if it differs.</param>
    internal VideoEncoder(
        FFmpegLibrary library, VideoEncoderSettings settings, VideoColor color, TrackFormat? previous, BufferPool pool)
    {
        Settings = settings;
        Color = color;
        _pool = pool;
        _encoder = CodecContextHandle.OpenEncoder(
            library.EncoderName(settings.Codec), -1, EncoderOptions.For(settings, color));
        _converter = new PictureConverter(settings);
        _h264 = new H264Output(settings, previous);
        Format = settings.Codec == Codec.H264 ? previous : VpxFormat(settings, previous);
    }

    /// <summary>Makes an encoder that fits <paramref name="picture"/>'s colours.</summary>
    public static VideoEncoder Create(
        FFmpegLibrary library, VideoEncoderSettings settings, VideoPicture picture, TrackFormat? previous, BufferPool pool) =>
        new(library, settings, picture.Color, previous, pool);

    public VideoEncoderSettings Settings { get; private set; }

    /// <summary>The format of the frames given out last; for H.264 known with the first keyframe.</summary>
    public TrackFormat? Format { get; private set; }

    internal VideoColor Color { get; }

    /// <summary>Encodes one picture; the frame goes to <paramref name="output"/>, borrowed for the call.</summary>
    public void Encode(VideoPicture picture, bool keyframe, Action<MediaFrame> output)
    {
        _converter.Convert(picture, _frame);
        // Else the encoder would repeat the source's picture types.
        _frame.PictureType = keyframe ? PictureType.Intra : PictureType.Any;
        int sent = AvCodec.avcodec_send_frame(_encoder, _frame);
        _frame.Unreference();
        FFmpegException.ThrowIfError(sent, $"encode {Settings.Codec.Name()}");
        while (AvCodec.avcodec_receive_packet(_encoder, _packet) >= 0)
        {
            Emit(output);
            _packet.Unreference();
        }
    }

    /// <summary>Changes the rate of a running H.264 encoder; false where only a new encoder can.</summary>
    public bool TrySetBitrate(int bitrate)
    {
        if (Settings.Codec != Codec.H264) return false;
        (long maxRate, long bufferSize) = EncoderOptions.Peak(bitrate);
        _encoder.SetInt("b", bitrate);
        _encoder.SetInt("maxrate", maxRate);
        _encoder.SetInt("bufsize", bufferSize);
        Settings = Settings with { Bitrate = bitrate };
        return true;
    }

    public void Dispose()
    {
        _converter.Dispose();
        _frame.Dispose();
        _packet.Dispose();
        _encoder.Dispose();
    }

    private void Emit(Action<MediaFrame> output)
    {
        ReadOnlySpan<byte> data = _packet.Data;
        using PooledBuffer buffer = _pool.Rent(data.Length + H264Output.Slack);
        int length = data.Length;
        if (Settings.Codec == Codec.H264)
        {
            length = _h264.Write(data, buffer.Span);
            Format = _h264.Format;
        }
        else data.CopyTo(buffer.Span);

        if (Format is null || length == 0) return;
        output(new MediaFrame(Format, buffer, 0, length, _packet.Pts, _packet.Pts, _packet.IsKey));
    }

    private static TrackFormat VpxFormat(VideoEncoderSettings settings, TrackFormat? previous)
    {
        var format = new TrackFormat
        {
            Codec = settings.Codec, ClockRate = 90_000, Version = (previous?.Version ?? -1) + 1,
            Video = new VideoProperties(settings.Width, settings.Height, settings.FrameRate),
        };
        return format.SameAs(previous) ? previous! : format;
    }
}
