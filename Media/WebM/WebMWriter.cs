using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using Media.Containers;

namespace Media.WebM;

/// <summary>
/// WebM whose fragments are clusters, and that becomes seekable in place (see <see cref="WebMLayout"/>): VP8, VP9, AV1 and Opus;
/// sound alone too. Times are whole milliseconds, each rounded from the frame's own, so that nothing drifts.
/// </summary>
public sealed class WebMWriter : IMediaFileWriter
{
    // A block's time counts from its cluster's in 16 bits (RFC 9559 §10.2).
    private const long MaxBlockTime = 30_000;
    private const long AudioCueDistance = 5_000;
    private const int MaxBlockHeader = 16;
    private const byte KeyframeFlag = 0x80;
    private const byte DiscardableFlag = 0x01;

    // Room for a track of which nothing has come yet and that begins before the others. There is no edit list to take it
    // out again, so that it is shorter than in MP4.
    private static readonly TimeSpan s_reserve = TimeSpan.FromMilliseconds(80);

    private readonly ImmutableArray<TrackFormat> _formats;
    private readonly DateTimeOffset _created;
    private readonly FileZero _zero;
    private readonly PendingFragment _pending;
    private readonly EbmlBuilder _elements = new();
    private readonly CueLog _cues;
    private readonly int _cueTrack;
    private readonly long[] _lastTime;
    private long _first = long.MaxValue;
    private long _end;
    private bool _isFinished;
    private long[] _placed = new long[64];

    /// <param name="tracks">Complete formats: sizes, and the configuration of AV1.</param>
    /// <param name="created">Wall clock of the file's zero, or default where it is not known.</param>
    public WebMWriter(ImmutableArray<TrackFormat> tracks, DateTimeOffset created = default)
    {
        if (tracks.IsDefaultOrEmpty) throw new ArgumentException("A file has one track at least.", nameof(tracks));
        foreach (TrackFormat track in tracks) TrackEntryWriter.CodecIdentifier(track.Codec);
        _formats = tracks;
        _created = created;
        _zero = new FileZero(tracks);
        _pending = new PendingFragment(tracks.Length);
        _lastTime = new long[tracks.Length];
        Array.Fill(_lastTime, -1);
        _cueTrack = CueTrackOf(tracks);
        _cues = new CueLog(_cueTrack + 1);
    }

    public long PendingTicks => _pending.Ticks;

    public long PendingBytes => _pending.Bytes;

    public long Length { get; private set; }

    public long DurationTicks => _first == long.MaxValue ? 0 : (_end - _first) * TimeSpan.TicksPerMillisecond;

    internal long IndexCapacity => _cues.Capacity;

    /// <summary>Codecs that this writer takes.</summary>
    public static bool Supports(Codec codec) => TrackEntryWriter.Supports(codec);

    public void WriteHeader(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (Length > 0) throw new InvalidOperationException("The header was written before.");
        _elements.Clear();
        WebMLayout.WriteStart(_elements, _formats, _created);
        output.Write(_elements.Written);
        Length = _elements.Length;
    }

    public void Add(int track, in MediaFrame frame)
    {
        ObjectDisposedException.ThrowIf(_isFinished, this);
        if (frame.Format.Codec != _formats[track].Codec || frame.Format.ClockRate != _formats[track].ClockRate)
            throw new ArgumentException("The frame is of another codec or clock than its track.", nameof(frame));
        if (frame.Length > 0) _pending.Add(track, frame);
    }

    public void CutFragment(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (Length == 0) throw new InvalidOperationException("The header comes first.");
        ReadOnlySpan<PendingFrame> frames = _pending.Frames;
        if (frames.IsEmpty) return;
        if (!_zero.IsKnown) _zero.Set(_pending, s_reserve);
        PlaceFrames(frames);
        for (int start = 0; start < frames.Length;)
        {
            int end = start + ClusterLength(_placed.AsSpan(start, frames.Length - start), out long time);
            WriteCluster(output, frames[start..end], _placed.AsSpan(start, end - start), time);
            start = end;
        }

        _pending.Clear();
    }

    public FinishedFile Finish()
    {
        ObjectDisposedException.ThrowIf(_isFinished, this);
        Dispose();
        return Finish(_cues, Length, _end);
    }

    public void Dispose()
    {
        _isFinished = true;
        _pending.Clear();
    }

    internal static FinishedFile Finish(CueLog cues, long length, long end)
    {
        if (cues.LastTime is null) return new FinishedFile(default, []);
        var elements = new EbmlBuilder();
        cues.Write(elements);
        return new FinishedFile(elements.Written.ToArray(), WebMLayout.Patches(length, length + elements.Length, end));
    }

    /// <summary>The video leads, else the first track.</summary>
    internal static int CueTrackOf(IReadOnlyList<TrackFormat> tracks)
    {
        for (int i = 0; i < tracks.Count; i++)
            if (tracks[i].Kind == MediaKind.Video) return i;
        return 0;
    }

    /// <summary>Whether a cluster gets an entry, by the first keyframe of the leading track in it.</summary>
    internal static bool IsCue(CueLog cues, MediaKind kind, long time) =>
        cues.LastTime is not { } last || kind == MediaKind.Video || time - last >= AudioCueDistance;

    // How many frames one cluster can hold; its time is the earliest of them.
    private static int ClusterLength(ReadOnlySpan<long> times, out long time)
    {
        long earliest = times[0], latest = times[0];
        int count = 1;
        for (; count < times.Length; count++)
        {
            earliest = Math.Min(earliest, times[count]);
            latest = Math.Max(latest, times[count]);
            if (latest - earliest > MaxBlockTime) break;
        }

        time = times[0];
        foreach (long other in times[..count]) time = Math.Min(time, other);
        return count;
    }

    // Milliseconds in the file, rising by one at least in each track
    private void PlaceFrames(ReadOnlySpan<PendingFrame> frames)
    {
        if (_placed.Length < frames.Length) Array.Resize(ref _placed, frames.Length * 2);
        for (int i = 0; i < frames.Length; i++)
        {
            (int track, MediaFrame frame) = frames[i];
            int rate = _formats[track].ClockRate;
            long time = MediaTime.RescaleNearest(_zero.Place(track, frame.PresentationTime), rate, 1000);
            time = Math.Max(time, _lastTime[track] + 1);
            long delta = _lastTime[track] < 0 ? 0 : time - _lastTime[track];
            long duration = PendingFragment.DurationOf(frame, delta * rate / 1000);
            _placed[i] = _lastTime[track] = time;
            _first = Math.Min(_first, time);
            _end = Math.Max(_end, time + (duration * 1000 / rate));
        }
    }

    private void WriteCluster(IBufferWriter<byte> output, ReadOnlySpan<PendingFrame> frames, ReadOnlySpan<long> times, long time)
    {
        Span<byte> header = stackalloc byte[MaxBlockHeader];
        long blocks = 0;
        for (int i = 0; i < frames.Length; i++) blocks += WriteBlockHeader(header, frames[i], times[i] - time) + frames[i].Frame.Length;
        _elements.Clear();
        int content = _elements.Begin(EbmlId.Cluster);
        _elements.UnsignedInteger(EbmlId.Timestamp, (ulong)time);
        _elements.End(content, blocks);
        output.Write(_elements.Written);
        bool hasCue = false;
        for (int i = 0; i < frames.Length; i++)
        {
            (int track, MediaFrame frame) = frames[i];
            output.Write(header[..WriteBlockHeader(header, frames[i], times[i] - time)]);
            output.Write(frame.Data);
            if (hasCue || track != _cueTrack || !frame.IsKeyframe || !IsCue(_cues, frame.Format.Kind, times[i])) continue;
            _cues.Add(times[i], Length - WebMLayout.SegmentDataOffset);
            hasCue = true;
        }

        if (_cues.LastTime is null) _cues.Add(time, Length - WebMLayout.SegmentDataOffset);
        Length += _elements.Length + blocks;
    }

    // SimpleBlock, RFC 9559 §10.2: | A3 | size, 4 bytes | track as a variable integer | time 16 | keyframe 1 ... discardable 1 |
    private static int WriteBlockHeader(Span<byte> header, in PendingFrame pending, long time)
    {
        header[0] = (byte)EbmlId.SimpleBlock;
        int trackLength = pending.Track + 1 < 127 ? 1 : 2;
        int at = 5;
        if (trackLength == 2) header[at++] = (byte)(0x40 | ((pending.Track + 1) >> 8));
        header[at++] = trackLength == 1 ? (byte)(0x80 | (pending.Track + 1)) : (byte)(pending.Track + 1);
        BinaryPrimitives.WriteInt16BigEndian(header[at..], (short)time);
        MediaFrame frame = pending.Frame;
        header[at + 2] = (byte)((frame.IsKeyframe ? KeyframeFlag : 0) | (frame.IsDiscardable ? DiscardableFlag : 0));
        at += 3;
        // Larger than 256 MB is no frame: the length always fits in four bytes.
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], 0x1000_0000u | (uint)(at - 5 + frame.Length));
        return at;
    }
}
