using Media;
using Media.Buffers;
using Media.Flv;
using Media.Timing;
using Protocols.Rtmp;
using Rooms;
using Rooms.Publishing;

namespace Ingest.Rtmp;

/// <summary>
/// One encoder's presence in a room: makes frames out of the messages of an <see cref="RtmpSession"/> on the
/// connection's own thread and hands them to the publication's home loop. One thread at a time, the connection's;
/// only removal comes from elsewhere.
/// </summary>
public sealed class RtmpPublisher : IPublisher
{
    /// <summary>The entrance's name on publications.</summary>
    public const string Entrance = "rtmp";

    private readonly IRtmpPublisherListener _listener;
    private readonly RtmpMetrics _metrics;
    private readonly RtmpTimeline _timeline = new();
    private readonly FlvDemuxer _demuxer;
    private readonly string?[] _reported = new string?[2];
    private PublicationWriter? _writer;
    private int _jumps;

    public RtmpPublisher(IRtmpPublisherListener listener, RtmpMetrics metrics, BufferPool pool)
    {
        _listener = listener;
        _metrics = metrics;
        _demuxer = new FlvDemuxer(_timeline, pool);
    }

    /// <summary>Null until it was accepted.</summary>
    public Publication? Publication => _writer?.Publication;

    /// <summary>Asks for the place that the encoder wants. Null: it has it; else why not.</summary>
    /// <param name="owner">What makes two encoders the same party, so that one may take over from the other.</param>
    public PublishRefusal? Start(RtmpStreamKey key, string owner, RoomRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(registry);
        PublishResult result = registry.Publish(new PublishRequest(key.Room, key.Publication, Entrance, owner), this);
        _writer = result.Writer;
        return result.IsAccepted ? null : result.Refusal;
    }

    /// <summary>Takes the body of an audio or video message; the buffer is borrowed and may be changed within it.</summary>
    public void OnMedia(RtmpMessageType type, uint timestamp, long now, PooledBuffer buffer, int offset, int length)
    {
        MediaKind kind = type == RtmpMessageType.Video ? MediaKind.Video : MediaKind.Audio;
        FlvDemuxResult result = _demuxer.Demux(kind, timestamp, now, buffer, offset, length, out MediaFrame frame);
        if (result == FlvDemuxResult.Frame)
        {
            // A refused write means that the publication was taken away, of which OnRemoved tells.
            _writer?.Write(frame);
            frame.Release();
            if (_timeline.Jumps != _jumps) CountJumps();
        }
        else if (result != FlvDemuxResult.Nothing)
        {
            OnDropped(kind, result);
        }
    }

    /// <summary>The encoder leaves; its viewers wait for its return.</summary>
    public void Close(CloseReason reason) => _writer?.Close(reason);

    void IPublisher.OnRemoved(CloseReason reason) => _listener.OnRemoved(reason);

    private void OnDropped(MediaKind kind, FlvDemuxResult result)
    {
        _metrics.TagDropped(kind, result);
        string? codec = kind == MediaKind.Video ? _demuxer.UnsupportedVideo : _demuxer.UnsupportedAudio;
        if (result != FlvDemuxResult.Unsupported || codec is null || codec == _reported[(int)kind]) return;
        _reported[(int)kind] = codec;
        _listener.OnUnsupportedCodec(kind, codec);
        if (Publication is { } publication) Raise(publication, kind, codec);
    }

    private static void Raise(Publication publication, MediaKind kind, string codec) =>
        publication.Context.Events.Raise(new RoomEvent(
            RoomEvent.TrackUnsupported, publication.Loop.Clock.UtcNow, publication.Room.Name, publication.Name,
            kind == MediaKind.Video ? "video" : "audio", $"unsupported codec {codec}"));

    private void CountJumps()
    {
        _metrics.Jumped(_timeline.Jumps - _jumps);
        _jumps = _timeline.Jumps;
    }
}
