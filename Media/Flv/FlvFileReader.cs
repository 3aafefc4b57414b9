using System.Buffers.Binary;
using System.Collections.Immutable;
using Media.Buffers;
using Media.Containers;
using Media.Scheduling;
using Media.Timing;

namespace Media.Flv;

/// <summary>FLV files of H.264 and AAC; other codecs are named and left out. The file's zero is its first tag.</summary>
public sealed class FlvFileReader : IMediaFileReader
{
    private const int HeaderLength = 9;
    private const int ProbedTags = 512;
    private const int MaxScript = 1 << 20;

    private readonly FileWindow _file;
    private readonly BufferPool _pool;
    private readonly long _firstTag;
    private readonly long[] _configurations = [-1, -1];
    private readonly int[] _numbers = [-1, -1];
    private readonly uint _firstTime;
    private AmfValue _metadata;
    private List<FlvPlace>? _places;
    private FlvDemuxer _demuxer;
    private long _next;

    internal FlvFileReader(FileWindow file, BufferPool pool)
    {
        _file = file;
        _pool = pool;
        ReadOnlySpan<byte> header = file.Peek(0, HeaderLength);
        if (header.Length < HeaderLength) throw new MediaFileException("The file ends in its header.");
        uint offset = BinaryPrimitives.ReadUInt32BigEndian(header[5..]);
        if (offset < HeaderLength || offset > file.Length) throw new MediaFileException("The file's header has an impossible length.");
        _firstTag = offset + FlvTagHeader.TrailerLength;
        _firstTime = FirstTime();
        _demuxer = NewDemuxer();
        _next = _firstTag;
        Tracks = Probe(out bool isEmpty);
        if (isEmpty) throw new MediaFileException("The file has neither picture nor sound.");
        Duration = FindDuration();
        Tracks = [.. Tracks.Select(track => track.Format is null ? track : track with { Duration = Duration > track.Start ? Duration - track.Start : default })];
        Rewind(_firstTag);
    }

    public ImmutableArray<MediaFileTrack> Tracks { get; }

    public TimeSpan Duration { get; }

    public static bool Recognizes(ReadOnlySpan<byte> start) => start.StartsWith("FLV"u8);

    public bool TryRead(out MediaFileSample sample)
    {
        while (TryReadTag(out MediaKind kind, out FlvDemuxResult result, out MediaFrame frame))
        {
            if (result != FlvDemuxResult.Frame) continue;
            int number = _numbers[(int)kind];
            if (number >= 0)
            {
                sample = new MediaFileSample(number, frame);
                return true;
            }

            frame.Release();
        }

        sample = default;
        return false;
    }

    public void Seek(TimeSpan position)
    {
        bool hasVideo = _numbers[(int)MediaKind.Video] >= 0;
        if (_places is null)
        {
            _places = hasVideo ? FlvKeyframes.FromMetadata(_metadata, _file, _firstTime) : [];
            if (_places.Count == 0) _places = FlvKeyframes.Scan(_file, _firstTag, _firstTime, hasVideo);
        }

        long wanted = position.Ticks / TimeSpan.TicksPerMillisecond;
        FlvPlace place = _places.LastOrDefault(place => place.Time <= wanted, new FlvPlace(0, _firstTag));
        Rewind(place.Offset);
        // What a decoder needs comes before the place; what it was later changed to comes in the stream.
        foreach (long configuration in _configurations)
        {
            if (configuration < 0 || configuration >= place.Offset) continue;
            _next = configuration;
            if (TryReadTag(out _, out FlvDemuxResult result, out MediaFrame frame) && result == FlvDemuxResult.Frame) frame.Release();
        }

        _next = place.Offset;
    }

    public void Dispose() => _file.Dispose();

    private void Rewind(long offset)
    {
        _demuxer = NewDemuxer();
        _next = offset;
    }

    // A timeline that begins at the file's zero: a jump to elsewhere is then time that has passed.
    private FlvDemuxer NewDemuxer()
    {
        var timeline = new RtmpTimeline();
        timeline.Extend(MediaKind.Audio, 0, 0);
        timeline.Extend(MediaKind.Video, 0, 0);
        return new FlvDemuxer(timeline, _pool);
    }

    private bool TryReadTag(out MediaKind kind, out FlvDemuxResult result, out MediaFrame frame)
    {
        kind = default;
        result = FlvDemuxResult.Nothing;
        frame = default;
        if (!FlvTagHeader.TryParse(_file.Peek(_next, FlvTagHeader.Length), out FlvTagHeader tag)) return false;
        long body = _next + FlvTagHeader.Length;
        if (tag.Size > _file.Length - body) return false;
        _next = body + tag.Size + FlvTagHeader.TrailerLength;
        if (tag.Type is not (FlvTagHeader.Audio or FlvTagHeader.Video) || tag.Size == 0) return true;
        kind = tag.Type == FlvTagHeader.Video ? MediaKind.Video : MediaKind.Audio;
        using PooledBuffer buffer = _pool.Rent(tag.Size);
        _file.Read(body, buffer.Span);
        // The timestamp is the time as well: a pause in a file is one that really happened.
        uint time = tag.Timestamp - _firstTime;
        result = _demuxer.Demux(kind, time, time * (long)MonotonicClock.TicksPerMillisecond, buffer, 0, tag.Size, out frame);
        return true;
    }

    private uint FirstTime()
    {
        long offset = _firstTag;
        for (int i = 0; i < ProbedTags && FlvTagHeader.TryParse(_file.Peek(offset, FlvTagHeader.Length), out FlvTagHeader tag); i++)
        {
            if (tag.Type is FlvTagHeader.Audio or FlvTagHeader.Video && tag.Size > 2 && !IsSequenceHeader(_file.Peek(offset + FlvTagHeader.Length, 2), tag.Type)) return tag.Timestamp;
            offset += FlvTagHeader.Length + tag.Size + FlvTagHeader.TrailerLength;
        }

        return 0;
    }

    private static bool IsSequenceHeader(ReadOnlySpan<byte> body, byte type) =>
        body.Length == 2 && body[1] == 0 && (type == FlvTagHeader.Video ? (body[0] & 15) == (int)FlvVideoCodec.Avc : body[0] >> 4 == (int)FlvAudioCodec.Aac);

    // The file's own flags for sound and picture are wrong too often to be believed.
    private ImmutableArray<MediaFileTrack> Probe(out bool isEmpty)
    {
        var found = new MediaFileTrack?[2];
        for (int i = 0; i < ProbedTags && (found[0] is null || found[1] is null); i++)
        {
            long offset = _next;
            if (i < 8) ReadMetadata(offset);
            if (!TryReadTag(out MediaKind kind, out FlvDemuxResult result, out MediaFrame frame)) break;
            ReadOnlySpan<byte> start = _file.Peek(offset, FlvTagHeader.Length + 2);
            bool isMedia = start[0] is FlvTagHeader.Audio or FlvTagHeader.Video;
            if (isMedia && result == FlvDemuxResult.Nothing && start.Length > FlvTagHeader.Length + 1 && IsSequenceHeader(start[FlvTagHeader.Length..], start[0]))
                _configurations[(int)kind] = offset;
            string? unsupported = result != FlvDemuxResult.Unsupported ? null : kind == MediaKind.Video ? _demuxer.UnsupportedVideo : _demuxer.UnsupportedAudio;
            if (unsupported is not null) found[(int)kind] ??= new MediaFileTrack(kind, unsupported, null, $"{unsupported} in FLV is not carried here.", default, default);
            if (result != FlvDemuxResult.Frame) continue;
            found[(int)kind] ??= new MediaFileTrack(
                kind, frame.Format.Codec.Name(), frame.Format, null, MediaTime.ToSpan(frame.PresentationTime, frame.Format.ClockRate), default);
            frame.Release();
        }

        var tracks = ImmutableArray.CreateBuilder<MediaFileTrack>();
        foreach (MediaKind kind in (ReadOnlySpan<MediaKind>)[MediaKind.Video, MediaKind.Audio])
        {
            if (found[(int)kind] is not { } track) continue;
            if (track.Format is not null) _numbers[(int)kind] = tracks.Count;
            tracks.Add(track);
        }

        isEmpty = tracks.Count == 0;
        return tracks.ToImmutable();
    }

    private void ReadMetadata(long offset)
    {
        if (!FlvTagHeader.TryParse(_file.Peek(offset, FlvTagHeader.Length), out FlvTagHeader tag) || tag.Type != FlvTagHeader.Script) return;
        if (tag.Size > MaxScript || tag.Size > _file.Length - offset - FlvTagHeader.Length) return;
        byte[] body = new byte[tag.Size];
        _file.Read(offset + FlvTagHeader.Length, body);
        var values = new Amf0Reader(body);
        if (values.TryRead(out AmfValue name) && name.Text == "onMetaData" && values.TryRead(out AmfValue metadata)) _metadata = metadata;
    }

    // By the last tag, to which the last four bytes point. It need not be the latest: the metadata may know better, where it is not of another file.
    private TimeSpan FindDuration()
    {
        TimeSpan duration = LastTag() ?? Scan();
        double seconds = _metadata["duration"].Number;
        bool isLikely = seconds > duration.TotalSeconds && seconds < duration.TotalSeconds + 5;
        return isLikely ? TimeSpan.FromSeconds(seconds) : duration;
    }

    private TimeSpan? LastTag()
    {
        ReadOnlySpan<byte> end = _file.Peek(_file.Length - FlvTagHeader.TrailerLength, FlvTagHeader.TrailerLength);
        long offset = _file.Length - FlvTagHeader.TrailerLength - BinaryPrimitives.ReadUInt32BigEndian(end);
        if (offset < _firstTag || !FlvTagHeader.TryParse(_file.Peek(offset, FlvTagHeader.Length), out FlvTagHeader tag)) return null;
        bool isLast = tag.Type is FlvTagHeader.Audio or FlvTagHeader.Video
            && offset + FlvTagHeader.Length + tag.Size + FlvTagHeader.TrailerLength == _file.Length;
        return isLast ? TimeSpan.FromMilliseconds(Math.Max(0, unchecked((int)(tag.Timestamp - _firstTime)))) : null;
    }

    private TimeSpan Scan()
    {
        long last = 0;
        for (long offset = _firstTag; FlvTagHeader.TryParse(_file.Peek(offset, FlvTagHeader.Length), out FlvTagHeader tag);)
        {
            if (tag.Type is FlvTagHeader.Audio or FlvTagHeader.Video) last = Math.Max(last, unchecked((int)(tag.Timestamp - _firstTime)));
            offset += FlvTagHeader.Length + tag.Size + FlvTagHeader.TrailerLength;
        }

        return TimeSpan.FromMilliseconds(last);
    }
}
