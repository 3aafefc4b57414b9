using System.Globalization;
using Media.FFmpeg.Native;

namespace Media.FFmpeg;

/// <summary>
/// Encodes AAC-LC in frames of 1024 samples by FFmpeg's own encoder. It holds one frame back, and what is decoded from a
/// packet are the samples before those that went into it: the encoder counts that itself, in the packets' times.
/// </summary>
internal sealed class AacEncoder : AudioEncoder
{
    private const int FrameLength = 1024;

    private readonly CodecContextHandle _encoder;
    private readonly FrameHandle _frame;
    private readonly PacketHandle _packet = new();
    private readonly float[] _samples = new float[FrameLength * AudioDecoder.Channels];
    private bool _hasBegun;

    public AacEncoder(FFmpegLibrary library, AudioTranscoderOptions options)
    {
        _encoder = CodecContextHandle.OpenEncoder(
            library.EncoderName(Codec.Aac), AudioFrames.Planar,
            ("ar", "48000"), ("ch_layout", "stereo"), ("time_base", "1/48000"),
            ("b", options.Bitrate.ToString(CultureInfo.InvariantCulture)));
        _frame = AudioFrames.CreateSilence(AudioDecoder.SampleRate, FrameLength, AudioFrames.Planar);
        using CodecParameters parameters = CodecParameters.From(_encoder);
        Format = new TrackFormat
        {
            Codec = Codec.Aac, ClockRate = AudioDecoder.SampleRate, Channels = AudioDecoder.Channels, Configuration = [.. parameters.Extradata],
        };
    }

    public override TrackFormat Format { get; }

    public override int SamplesPerFrame => FrameLength;

    public override Span<float> Samples => _samples;

    // A packet of silence comes before all others; at a jump of the source's time nothing is put in front.
    public override int Begin()
    {
        int skip = _hasBegun ? 0 : FrameLength;
        _hasBegun = true;
        return skip;
    }

    public override bool TryEncode(long time, out ReadOnlySpan<byte> packet, out long packetTime)
    {
        _frame.MakeWritable();
        Span<float> left = _frame.PlanarSamples(0), right = _frame.PlanarSamples(1);
        for (int i = 0; i < FrameLength; i++)
        {
            left[i] = _samples[2 * i];
            right[i] = _samples[(2 * i) + 1];
        }

        _frame.Pts = time;
        _packet.Unreference();
        FFmpegException.ThrowIfError(AvCodec.avcodec_send_frame(_encoder, _frame), "encode AAC");
        bool isComplete = AvCodec.avcodec_receive_packet(_encoder, _packet) >= 0;
        packet = isComplete ? _packet.Data : [];
        packetTime = isComplete ? _packet.Pts : 0;
        return isComplete;
    }

    public override void Dispose()
    {
        _packet.Dispose();
        _frame.Dispose();
        _encoder.Dispose();
    }
}
