using Media;
using Media.Rtp.Payloads;

namespace Rooms.Tracks;

/// <summary>
/// The shapes in which a publication's tracks can be had: the only place that plans a chain of conversions. Each is made
/// when it is first asked for, shared by all takers, and dropped a while after the last one left. Home loop only.
/// </summary>
public sealed class TrackViews(Publication publication)
{
    private readonly Dictionary<TrackShape, Entry> _made = [];
    private readonly KeyframeBridge _bridge = new(publication);

    /// <summary>The conversions that exist now.</summary>
    public IEnumerable<Track> Derived => _made.Values.Select(entry => entry.Track).Where(track => track is not ChosenEncodingTrack);

    /// <summary>The track of the shape's kind in that shape: as it is published, made before, or made now.</summary>
    public TrackView Find(TrackShape shape)
    {
        MediaKind kind = shape.Codec.Kind();
        if (publication.Track(kind) is not { Format: { } format } source)
            return TrackView.None(kind == MediaKind.Video ? "no video is published" : "no sound is published");
        if (shape.EncodingId is { } encodingId) return FindEncoding(source, format, shape, encodingId);
        if (Suits(source, format, shape)) return TrackView.Of(source);
        if (_made.TryGetValue(shape, out Entry? entry)) return TrackView.Of(entry.Track);
        if (shape.Form == TrackForm.Packets) return Packetize(shape);
        if (source is FrameTrack frames) return Convert(frames, format, shape);
        TrackView depacketized = Depacketize((PacketTrack)source, new TrackShape(TrackForm.Frames, format.Codec));
        return depacketized.Track is not FrameTrack made || Suits(made, format, shape) ? depacketized : Convert(made, format, shape);
    }

    /// <summary>
    /// The video encoded anew, for a viewer who would wait long for the source's next keyframe, or long over its last
    /// group. None where the decoder could not be brought to the present.
    /// </summary>
    public TrackView FindBridge(Codec codec)
    {
        TrackShape shape = KeyframeBridge.Shape(codec);
        return _made.ContainsKey(shape) || (publication.Video as FrameTrack)?.Cache.IsUsable == true
            ? Find(shape)
            : TrackView.None("the source's last keyframe is too long ago");
    }

    /// <summary>Frames of one encoding stay with another one that they had to be made of meanwhile, until this is called.</summary>
    public void GoBack(TrackShape frames)
    {
        if (_made.TryGetValue(frames with { Form = TrackForm.Packets }, out Entry? entry)) (entry.Track as ChosenEncodingTrack)?.GoBack();
    }

    /// <summary>Drops conversions that nobody has taken for a while, and gets ready what will be needed soon.</summary>
    internal void Tick(long now)
    {
        if (_bridge.IsNeeded(now, IsTaken)) Find(KeyframeBridge.Shape(Codec.H264));
        foreach ((TrackShape shape, Entry entry) in _made.ToArray())
        {
            if (shape.Reencoded && _bridge.IsKept(now)) entry.UnusedSince = null;
            else if (entry.Track.SubscriberCount > 0) entry.UnusedSince = null;
            else if (entry.UnusedSince is null) entry.UnusedSince = now;
            else if (now - entry.UnusedSince >= publication.Context.Options.KeepUnusedConversion.Ticks)
                Drop(shape, entry.Track, CloseReason.Unused);
        }
    }

    /// <summary>The source is no longer what the plans were made for: takers are told, and ask again.</summary>
    internal void Invalidate(MediaKind kind) => DropAll(kind, CloseReason.FormatChanged);

    internal void Close(CloseReason reason)
    {
        DropAll(MediaKind.Video, reason);
        DropAll(MediaKind.Audio, reason);
    }

    private static bool Suits(Track source, TrackFormat format, TrackShape shape) =>
        source.Form == shape.Form && format.Codec == shape.Codec && !shape.Reencoded
        && (format.Kind == MediaKind.Audio || !shape.ForBrowsers || source.Compatibility.IsCompatible);

    private TrackView FindEncoding(Track source, TrackFormat format, TrackShape shape, string encodingId)
    {
        bool hasChoice = source is PublishedPacketTrack && format.Codec == shape.Codec && !shape.Reencoded;
        if (!hasChoice) return Find(shape with { EncodingId = null }); // conversions are made of what is passed on
        TrackView packets = Choose((PublishedPacketTrack)source, shape with { Form = TrackForm.Packets }, encodingId, isSteady: shape.Form == TrackForm.Frames);
        return shape.Form == TrackForm.Frames && packets.Track is PacketTrack chosen ? Depacketize(chosen, shape) : packets;
    }

    private TrackView Choose(PublishedPacketTrack source, TrackShape shape, string encodingId, bool isSteady)
    {
        if (_made.TryGetValue(shape, out Entry? entry)) return TrackView.Of(entry.Track);
        if (source.Find(encodingId) is null) return TrackView.None($"there is no encoding '{encodingId}'");
        var chosen = new ChosenEncodingTrack($"{source.Id}/{encodingId}", source, encodingId, isSteady);
        Keep(shape, chosen);
        chosen.Start();
        return TrackView.Of(chosen);
    }

    private TrackView Packetize(TrackShape shape)
    {
        if (Packetizers.Create(shape.Codec) is not { } packetizer)
            return TrackView.None($"{shape.Codec.Name()} cannot be sent as packets");
        TrackView frames = Find(shape with { Form = TrackForm.Frames });
        if (frames.Track is not FrameTrack track) return frames;
        var packetized = new PacketizedTrack($"{IdOf(shape)}-packets", track, packetizer, onlyWhileTaken: track is VideoTranscodedTrack);
        Keep(shape, packetized);
        packetized.Start();
        return TrackView.Of(packetized);
    }

    private TrackView Depacketize(PacketTrack source, TrackShape shape)
    {
        if (_made.TryGetValue(shape, out Entry? entry)) return TrackView.Of(entry.Track);
        if (Depacketizers.Create(shape.Codec) is not { } depacketizer)
            return TrackView.None($"{shape.Codec.Name()} from WebRTC cannot be converted yet");
        var track = new DepacketizedTrack($"{IdOf(shape)}-frames", source, depacketizer);
        Keep(shape, track);
        track.Start();
        return TrackView.Of(track);
    }

    private TrackView Convert(FrameTrack source, TrackFormat format, TrackShape shape)
    {
        TrackConversion conversion = TrackConversion.Plan(source, format, shape);
        if (conversion.Make is null) return TrackView.None(conversion.Reason!);
        DerivedFrameTrack track = conversion.Make(IdOf(shape));
        Keep(shape, track);
        track.Start();
        return TrackView.Of(track);
    }

    private void Keep(TrackShape shape, Track track)
    {
        _made[shape] = new Entry(track);
        // A conversion that fails by itself is forgotten, so that the next taker makes a new one.
        track.Closing += () =>
        {
            if (_made.TryGetValue(shape, out Entry? entry) && entry.Track == track) _made.Remove(shape);
        };
    }

    private bool IsTaken(TrackShape shape) =>
        _made.TryGetValue(shape, out Entry? entry) && entry.Track.SubscriberCount > 0;

    private void DropAll(MediaKind kind, CloseReason reason)
    {
        foreach ((TrackShape shape, Entry entry) in _made.ToArray())
            if (shape.Codec.Kind() == kind) Drop(shape, entry.Track, reason);
    }

    private void Drop(TrackShape shape, Track track, CloseReason reason)
    {
        _made.Remove(shape);
        track.Close(reason);
    }

    private static string IdOf(TrackShape shape)
    {
        string kind = shape.Codec.Kind() == MediaKind.Video ? "video" : "audio";
        string variant = shape.Reencoded ? "-reencoded" : "";
        string encoding = shape.EncodingId is { } id ? $"-{id}" : "";
        return $"{kind}-{shape.Codec.Name().ToLowerInvariant()}{encoding}{variant}";
    }

    private sealed class Entry(Track track)
    {
        public Track Track { get; } = track;

        public long? UnusedSince { get; set; }
    }
}
