using Media.FFmpeg.Native;

namespace Media.FFmpeg;

/// <summary>
/// Proves the binding on the library that was found: three tiny frames are encoded and decoded, and sizes, times, flags
/// and content must come back. A wrong structure offset shows here and not in a stream.
/// </summary>
internal static class SelfCheck
{
    private const int Side = 64;
    private const int FrameCount = 3;
    private const int FrameTicks = 1;

    /// <summary>Null, or what came out wrong.</summary>
    public static string? Run(FFmpegLibrary library)
    {
        if (library.CanEncode(Codec.H264) && library.CanDecode(Codec.H264))
        {
            string? failure = Video("libx264", library.DecoderName(Codec.H264), ("tune", "zerolatency"), ("forced-idr", "1"));
            if (failure is not null) return failure;
        }

        if (library.CanEncode(Codec.Vp8) && library.CanDecode(Codec.Vp8))
        {
            string? failure = Video("libvpx", library.DecoderName(Codec.Vp8), ("deadline", "realtime"), ("lag-in-frames", "0"));
            if (failure is not null) return failure;
        }

        if (library.CanEncode(Codec.Opus) && library.CanDecode(Codec.Opus)
            && Audio("libopus", library.DecoderName(Codec.Opus), 960, AudioFrames.Interleaved) is { } opus) return opus;
        if (library.CanEncode(Codec.Aac) && library.CanDecode(Codec.Aac)
            && Audio("aac", library.DecoderName(Codec.Aac), 1024, AudioFrames.Planar) is { } aac) return aac;
        return null;
    }

    private static string? Video(string encoderName, string decoderName, params ReadOnlySpan<(string, string)> options)
    {
        using CodecContextHandle encoder = CodecContextHandle.OpenEncoder(encoderName, -1,
            [("video_size", "64x64"), ("pixel_format", "yuv420p"), ("time_base", "1/30"), ("b", "1000000"), .. options]);
        using CodecContextHandle decoder = CodecContextHandle.OpenDecoder(decoderName, [], ("threads", "1"));
        using var frame = new FrameHandle();
        using var packet = new PacketHandle();
        int decoded = 0;
        for (int i = 0; i <= FrameCount; i++)
        {
            if (i < FrameCount) Paint(frame, i);
            int sent = i < FrameCount ? AvCodec.avcodec_send_frame(encoder, frame) : 0;
            FFmpegException.ThrowIfError(sent, $"{encoderName} takes a frame");
            frame.Unreference();
            if (i < FrameCount)
            {
                int received = AvCodec.avcodec_receive_packet(encoder, packet);
                FFmpegException.ThrowIfError(received, $"{encoderName} gives a packet at once");
                if (packet.Pts != i * FrameTicks) return $"{encoderName} changed the time of a picture";
                if (packet.IsKey != (i != 1)) return $"{encoderName} did not make keyframes where asked to";
                FFmpegException.ThrowIfError(AvCodec.avcodec_send_packet(decoder, packet), $"{decoderName} takes a packet");
                packet.Unreference();
            }
            else FFmpegException.ThrowIfError(AvCodec.avcodec_send_end(decoder, 0), $"{decoderName} ends");

            while (AvCodec.avcodec_receive_frame(decoder, frame) >= 0)
                if (Compare(frame, decoded++) is { } failure) return $"{decoderName}: {failure}";
        }

        return decoded == FrameCount ? null : $"{decoderName} gave {decoded} of {FrameCount} pictures";
    }

    private static void Paint(FrameHandle frame, int index)
    {
        frame.Width = Side;
        frame.Height = Side;
        frame.Format = PixelFormat.Yuv420;
        FFmpegException.ThrowIfError(AvUtil.av_frame_get_buffer(frame, 0), "allocate a picture");
        frame.Pts = index * FrameTicks;
        frame.PictureType = index == 1 ? PictureType.Any : PictureType.Intra;
        for (int y = 0; y < Side; y++) frame.Line(0, y, Side).Fill(Luma(index, y));
        for (int plane = 1; plane < 3; plane++)
            for (int y = 0; y < Side / 2; y++) frame.Line(plane, y, Side / 2).Fill(128);
    }

    private static string? Compare(FrameHandle frame, int index)
    {
        if (frame.Width != Side || frame.Height != Side) return $"a picture of {frame.Width}x{frame.Height}";
        if (frame.Pts != index * FrameTicks) return $"picture {index} at time {frame.Pts}";
        for (int y = 8; y < Side; y += 16)
            if (Math.Abs(frame.Line(0, y, Side)[Side / 2] - Luma(index, y)) > 16) return $"picture {index} differs";
        return null;
    }

    private static byte Luma(int index, int y) => (byte)(y < Side / 2 ? 60 + (20 * index) : 180);

    private static string? Audio(string encoderName, string decoderName, int samples, int sampleFormat)
    {
        using CodecContextHandle encoder = CodecContextHandle.OpenEncoder(encoderName, sampleFormat,
            ("ar", "48000"), ("ch_layout", "stereo"), ("b", "96000"));
        using CodecParameters parameters = CodecParameters.From(encoder);
        if (parameters.Extradata.Length < 2) return $"{encoderName} has no configuration";
        using CodecContextHandle decoder = CodecContextHandle.OpenDecoder(
            decoderName, parameters.Extradata, ("ar", "48000"), ("ch_layout", "stereo"));
        using FrameHandle silence = AudioFrames.CreateSilence(48000, samples, sampleFormat);
        using var packet = new PacketHandle();
        using var frame = new FrameHandle();
        long first = long.MaxValue, last = long.MinValue;
        int decoded = 0;
        for (int i = 0; i < FrameCount + 2; i++) // an encoder may hold two back
        {
            silence.Pts = i * samples;
            FFmpegException.ThrowIfError(AvCodec.avcodec_send_frame(encoder, silence), $"{encoderName} takes a frame");
            while (AvCodec.avcodec_receive_packet(encoder, packet) >= 0)
            {
                FFmpegException.ThrowIfError(AvCodec.avcodec_send_packet(decoder, packet), $"{decoderName} takes a packet");
                first = Math.Min(first, packet.Pts);
                last = packet.Pts;
                packet.Unreference();
                while (AvCodec.avcodec_receive_frame(decoder, frame) >= 0)
                    if (++decoded > 1 && frame.SampleCount != samples) return $"{decoderName} gave {frame.SampleCount} samples";
            }
        }

        if (decoded < FrameCount) return $"{decoderName} gave {decoded} frames";
        return last - first == (decoded - 1) * samples ? null : $"{encoderName} counts {last - first} in {decoded} frames";
    }
}
