using System.Globalization;
using System.Text;
using Media.FFmpeg.Native;

namespace Media.FFmpeg;

/// <summary>
/// Decodes one audio track to interleaved 48 kHz stereo floats. What the stream really is (rate, channels; HE-AAC may say
/// so only in its first frame) is asked of the decoder at each frame. One thread.
/// </summary>
internal sealed class AudioDecoder : IDisposable
{
    public const int SampleRate = 48000;
    public const int Channels = 2;

    private readonly CodecContextHandle _decoder;
    private readonly PacketHandle _packet = new();
    private readonly FrameHandle _decoded = new();
    private readonly FrameHandle _resampled = new();
    private readonly byte[] _layout = new byte[64];
    private FilterGraphHandle? _graph;
    private int _layoutLength;
    private long _rate;

    public AudioDecoder(FFmpegLibrary library, TrackFormat format)
    {
        if (format.Kind != MediaKind.Audio) throw new FFmpegException($"{format.Codec.Name()} is no sound");
        Format = format;
        string rate = format.ClockRate.ToString(CultureInfo.InvariantCulture);
        string layout = format.Channels == 1 ? "mono" : "stereo";
        _decoder = CodecContextHandle.OpenDecoder(
            library.DecoderName(format.Codec), format.Configuration.AsSpan(), ("ar", rate), ("ch_layout", layout));
    }

    public TrackFormat Format { get; }

    /// <summary>False where the decoder refuses the frame as damaged.</summary>
    public bool TrySend(in MediaFrame frame)
    {
        frame.Data.CopyTo(_packet.Allocate(frame.Length, frame.PresentationTime, frame.PresentationTime, true));
        int error = AvCodec.avcodec_send_packet(_decoder, _packet);
        _packet.Unreference();
        return error >= 0;
    }

    /// <summary>Takes the next decoded frame; its samples then come from <see cref="TryRead"/>.</summary>
    /// <param name="time">Presentation time of its first sample, in ticks of the source's clock.</param>
    /// <param name="seconds">How long it lasts.</param>
    public bool TryReceive(out long time, out double seconds)
    {
        time = 0;
        seconds = 0;
        if (AvCodec.avcodec_receive_frame(_decoder, _decoded) < 0) return false;
        if (_decoded.SampleCount <= 0 || !_decoder.TryGetInt("ar\0"u8, out long rate) || rate <= 0) return false;
        Span<byte> layout = stackalloc byte[64];
        layout = layout[.._decoder.GetText("ch_layout\0"u8, layout)];
        if (_graph is null || rate != _rate || !layout.SequenceEqual(_layout.AsSpan(0, _layoutLength)))
            Rebuild(rate, layout);
        time = _decoded.Pts;
        seconds = _decoded.SampleCount / (double)rate;
        return true;
    }

    /// <summary>Starts the resampler anew, so that nothing from before a jump is heard after it.</summary>
    public void Restart() => Rebuild(_rate, _layout.AsSpan(0, _layoutLength));

    /// <summary>Resamples the frame received last. Valid until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<float> interleaved)
    {
        // The frame moves into the graph with the first call and is empty afterwards.
        if (_decoded.SampleCount > 0) _graph!.Push(_decoded);
        _resampled.Unreference();
        bool read = _graph!.TryPull(_resampled);
        interleaved = read ? _resampled.InterleavedSamples(Channels) : default;
        return read;
    }

    public void Dispose()
    {
        _graph?.Dispose();
        _resampled.Dispose();
        _decoded.Dispose();
        _packet.Dispose();
        _decoder.Dispose();
    }

    private void Rebuild(long rate, ReadOnlySpan<byte> layout)
    {
        string name = Encoding.UTF8.GetString(layout);
        _graph?.Dispose();
        _graph = null;
        _graph = FilterGraphHandle.Create(
            ("abuffer", string.Create(CultureInfo.InvariantCulture,
                $"time_base=1/{rate}:sample_rate={rate}:sample_fmt={_decoded.Format}:channel_layout={name}")),
            // By itself one channel would come out 3 dB quieter in two.
            name == "mono" ? ("pan", "stereo|c0=c0|c1=c0") : ("anull", null),
            // Several channels in one add up to more than fits; all are lowered so that they never do.
            ("aresample", "48000:rematrix_maxval=1"),
            ("aformat", "sample_fmts=flt:sample_rates=48000:channel_layouts=stereo"),
            ("abuffersink", null));
        _rate = rate;
        layout.CopyTo(_layout);
        _layoutLength = layout.Length;
    }
}
