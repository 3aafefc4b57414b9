using Media;
using Media.Buffers;
using Media.FFmpeg;

namespace Rooms.Tracks;

/// <summary>
/// Video encoded anew. Its decoder stays with the source while the track exists; the encoder runs only while somebody
/// takes the track, and begins with a keyframe of the present, however long ago the source's was.
/// </summary>
internal sealed class VideoTranscodedTrack : TranscodedTrack
{
    private readonly VideoTranscoder _transcoder;
    private readonly TranscodeLease _lease;
    private bool _isPrimed;

    public VideoTranscodedTrack(string id, FrameTrack source, Codec target, FFmpegLibrary library, TranscodeLease lease)
        : base(id, source)
    {
        _lease = lease;
        _lease.Withdrawn += () => Loop.Post(() => Close(CloseReason.Unused));
        // As published: a track that has just been made of it has measured nothing yet.
        TrackStatistics measured = (Publication.Video ?? source).Statistics;
        var options = new VideoTranscoderOptions(target, (int)measured.Bitrate, measured.FrameRate, StartEncoding: false)
        {
            BeforeEncoding = Publication.Context.BeforeEncoding,
        };
        _transcoder = VideoTranscoder.Start(library, options, BufferPool.Shared, this, Loop.Clock);
    }

    public override void Start()
    {
        base.Start(); // the cached group brings the decoder to the present
        _isPrimed = true;
    }

    public override void OnFrame(in MediaFrame frame) => _transcoder.Write(frame, prime: !_isPrimed);

    public override void RequestKeyframe() => _transcoder.RequestKeyframe();

    protected override void OnSubscribersChanged()
    {
        _lease.IsIdle = SubscriberCount == 0;
        if (SubscriberCount > 0)
        {
            if (!_transcoder.IsEncoding) _transcoder.Resume();
            return;
        }

        _transcoder.Pause();
        Cache.Clear(); // what comes after the pause does not continue this group
    }

    protected override void OnClosing(CloseReason reason)
    {
        _transcoder.Dispose();
        _lease.Dispose();
        base.OnClosing(reason);
    }
}
