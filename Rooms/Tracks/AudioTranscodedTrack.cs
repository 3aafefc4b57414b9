using Media;
using Media.Buffers;
using Media.FFmpeg;

namespace Rooms.Tracks;

/// <summary>Sound in another codec: Opus for browsers, AAC for all else.</summary>
internal sealed class AudioTranscodedTrack : TranscodedTrack
{
    private readonly ThreadedAudioTranscoder _transcoder;

    public AudioTranscodedTrack(string id, FrameTrack source, Codec codec, FFmpegLibrary library) : base(id, source) =>
        _transcoder = ThreadedAudioTranscoder.Start(library, new AudioTranscoderOptions(codec), BufferPool.Shared, this);

    public override void OnFrame(in MediaFrame frame) => _transcoder.Write(frame);

    protected override void OnClosing(CloseReason reason)
    {
        _transcoder.Dispose();
        base.OnClosing(reason);
    }
}
