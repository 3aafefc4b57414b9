using System.Collections.Immutable;
using System.Globalization;
using Media.Codecs;
using Media.FFmpeg.Native;

namespace Media.FFmpeg;

/// <summary>
/// Decodes one video track in presentation order. It holds back exactly the pictures that the stream's reordering needs.
/// Parameter sets go in before each keyframe and whenever the format changes, so a new size needs nothing from outside.
/// One thread.
/// </summary>
public sealed class VideoDecoder : IDisposable
{
    private const long NoTime = long.MinValue; // AV_NOPTS_VALUE
    private const long Second = 90_000;
    private const int SkipNonReference = 8; // AVDISCARD_NONREF
    private const int SkipDefault = 0;      // AVDISCARD_DEFAULT

    private readonly FFmpegLibrary _library;
    private readonly int _threads;
    private readonly PacketHandle _packet = new();
    private CodecContextHandle? _decoder;
    private TrackFormat? _format;
    private Codec _codec;
    private Deinterlacer? _deinterlacer;
    private bool _skipping;
    private long _lastTime = NoTime;

    /// <param name="threads">They help only where the source's pictures have several slices.</param>
    public VideoDecoder(FFmpegLibrary library, int threads = 1)
    {
        if (!library.IsAvailable) throw new FFmpegException(library.MissingReason!);
        _library = library;
        _threads = threads;
    }

    /// <summary>Frames that the decoder refused, and those before the first keyframe.</summary>
    public long DamagedFrames { get; private set; }

    /// <summary>Pictures left out because their time was not after that of the one before.</summary>
    public long DisorderedPictures { get; private set; }

    /// <summary>Decodes one frame; what is complete goes to <paramref name="output"/>, borrowed for the call.</summary>
    /// <param name="skipNonReference">Leave out pictures that no other needs: for catching up without showing.</param>
    public void Decode(in MediaFrame frame, bool skipNonReference, Action<VideoPicture> output)
    {
        bool newFormat = !ReferenceEquals(frame.Format, _format);
        if (_decoder is null && !frame.IsKeyframe)
        {
            DamagedFrames++;
            return;
        }

        if (_decoder is null || frame.Format.Codec != _codec) Open(frame.Format.Codec);
        Skip(skipNonReference && !frame.IsKeyframe);
        Fill(frame, newFormat || frame.IsKeyframe);
        _format = frame.Format;
        if (AvCodec.avcodec_send_packet(_decoder!, _packet) < 0) DamagedFrames++;
        _packet.Unreference();
        Receive(output);
    }

    /// <summary>Gives out the pictures held back; the next frame must be a keyframe.</summary>
    public void Drain(Action<VideoPicture> output)
    {
        if (_decoder is null) return;
        if (AvCodec.avcodec_send_end(_decoder, 0) >= 0) Receive(output);
        _decoder.Dispose();
        _decoder = null;
    }

    public void Dispose()
    {
        _decoder?.Dispose();
        _deinterlacer?.Dispose();
        _packet.Dispose();
    }

    private void Open(Codec codec)
    {
        if (codec.Kind() != MediaKind.Video) throw new FFmpegException($"{codec.Name()} is no picture");
        _decoder?.Dispose();
        _decoder = null;
        _decoder = CodecContextHandle.OpenDecoder(_library.DecoderName(codec), [],
            ("threads", _threads.ToString(CultureInfo.InvariantCulture)), ("thread_type", "slice"));
        _deinterlacer?.Dispose();
        _deinterlacer = null;
        _codec = codec;
        _skipping = false;
        _lastTime = NoTime;
    }

    private void Skip(bool skip)
    {
        if (skip == _skipping) return;
        _decoder!.SetInt("skip_frame", skip ? SkipNonReference : SkipDefault);
        _skipping = skip;
    }

    private void Fill(in MediaFrame frame, bool withSets)
    {
        if (frame.Format.Codec is not (Codec.H264 or Codec.H265))
        {
            frame.Data.CopyTo(_packet.Allocate(frame.Length, frame.PresentationTime, frame.DecodeTime, frame.IsKeyframe));
            return;
        }

        ImmutableArray<ImmutableArray<byte>> sets = withSets ? frame.Format.ParameterSets : [];
        // Lengths become start codes of the same size, and empty or broken units go away: never more than this.
        int size = H264Frame.AnnexBLength(frame.Data, sets);
        Span<byte> packet = _packet.Allocate(size, frame.PresentationTime, frame.DecodeTime, frame.IsKeyframe);
        packet[H264Frame.WriteAnnexB(frame.Data, sets, packet)..].Clear();
    }

    private void Receive(Action<VideoPicture> output)
    {
        var frame = new FrameHandle();
        while (AvCodec.avcodec_receive_frame(_decoder!, frame) >= 0)
        {
            if (_format?.Video is { IsInterlaced: true })
            {
                (_deinterlacer ??= new Deinterlacer()).Push(frame);
                while (_deinterlacer.TryPull(frame)) Give(ref frame, output);
                continue;
            }

            Give(ref frame, output);
        }

        frame.Dispose();
    }

    private void Give(ref FrameHandle frame, Action<VideoPicture> output)
    {
        using var picture = new VideoPicture(frame, ReadColor());
        frame = new FrameHandle();
        if (IsInOrder(picture.PresentationTime)) output(picture);
        else DisorderedPictures++;
    }

    /// <summary>An encoder needs rising times. Far back is not disorder but a source that began anew.</summary>
    private bool IsInOrder(long time)
    {
        if (time == NoTime || (_lastTime != NoTime && time <= _lastTime && time > _lastTime - Second)) return false;
        _lastTime = time;
        return true;
    }

    private VideoColor ReadColor()
    {
        _decoder!.TryGetInt("color_range\0"u8, out long range);
        _decoder.TryGetInt("colorspace\0"u8, out long matrix);
        _decoder.TryGetInt("color_primaries\0"u8, out long primaries);
        _decoder.TryGetInt("color_trc\0"u8, out long transfer);
        return new VideoColor((int)range, (int)matrix, (int)primaries, (int)transfer);
    }
}
