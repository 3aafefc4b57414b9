using System.Buffers.Binary;
using System.Globalization;
using Media.FFmpeg.Native;

namespace Media.FFmpeg;

/// <summary>Encodes 48 kHz stereo in frames of 20 ms. One thread.</summary>
internal sealed class OpusEncoder : AudioEncoder
{
    private const int FrameLength = 960;

    private readonly CodecContextHandle _encoder;
    private readonly FrameHandle _frame;
    private readonly PacketHandle _packet = new();
    private readonly int _preSkip;

    public OpusEncoder(FFmpegLibrary library, AudioTranscoderOptions options)
    {
        _encoder = CodecContextHandle.OpenEncoder(
            library.EncoderName(Codec.Opus), AudioFrames.Interleaved,
            ("ar", "48000"), ("ch_layout", "stereo"),
            ("b", options.Bitrate.ToString(CultureInfo.InvariantCulture)),
            ("frame_duration", "20"), ("application", "audio"),
            ("compression_level", options.Complexity.ToString(CultureInfo.InvariantCulture)));
        _frame = AudioFrames.CreateSilence(48000, FrameLength, AudioFrames.Interleaved);
        using CodecParameters parameters = CodecParameters.From(_encoder);
        byte[] head = parameters.Extradata;
        // RFC 7845 §5.1: pre-skip, the samples by which what is decoded lags behind what was encoded.
        _preSkip = head.Length >= 12 ? BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(10)) : 0;
    }

    public override TrackFormat Format { get; } =
        new() { Codec = Codec.Opus, ClockRate = AudioDecoder.SampleRate, Channels = AudioDecoder.Channels };

    public override int SamplesPerFrame => FrameLength;

    public override Span<float> Samples
    {
        get
        {
            _frame.MakeWritable();
            return _frame.InterleavedSamples(AudioDecoder.Channels);
        }
    }

    public override int Begin() => _preSkip;

    public override bool TryEncode(long time, out ReadOnlySpan<byte> packet, out long packetTime)
    {
        _frame.Pts = time;
        _packet.Unreference();
        FFmpegException.ThrowIfError(AvCodec.avcodec_send_frame(_encoder, _frame), "encode Opus");
        FFmpegException.ThrowIfError(AvCodec.avcodec_receive_packet(_encoder, _packet), "receive Opus");
        packet = _packet.Data;
        packetTime = time - _preSkip;
        return true;
    }

    public override void Dispose()
    {
        _packet.Dispose();
        _frame.Dispose();
        _encoder.Dispose();
    }
}
