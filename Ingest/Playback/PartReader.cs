using System.Collections.Immutable;
using System.Globalization;
using Media;
using Media.Containers;
using Rooms;

namespace Ingest.Playback;

/// <summary>
/// Reads the files of one publication, one after the other, as one line of frames in the playback's time. A file that can't be
/// read ends there: what comes after it goes on. On the reading thread only.
/// </summary>
/// <param name="open">Chooses the reader by the content.</param>
/// <param name="note">Told in plain words what is not played, and why.</param>
internal sealed class PartReader(PlaybackPart part, Func<Stream, IMediaFileReader> open, Action<string> note) : IDisposable
{
    /// <summary>Longer silence within a file is a broken clock, and left out.</summary>
    private const long LongestSilence = 60 * TimeSpan.TicksPerSecond;

    /// <summary>A file that is shorter than it says by more than this was cut off.</summary>
    private const long MostMissing = TimeSpan.TicksPerSecond;

    private const long UsualStep = 40 * TimeSpan.TicksPerMillisecond;

    private readonly FrameDurations _durations = new();
    private readonly long[] _lastTimes = [long.MinValue, long.MinValue];
    private Stream? _stream;
    private IMediaFileReader? _reader;
    private int _index = -1;
    private int _opened = -1;
    private int _video;
    private int _audio;
    private long _start;      // of the open file in the playback's time
    private long _fileEnd;    // of what was read of it, in its own time
    private long _lastTime;
    private long _end;
    private bool _skipsPriming;

    public string Publication => part.Publication;

    /// <summary>Why a file could not be read, or not to its end; the first one that it was so with.</summary>
    public string? Fault { get; private set; }

    /// <summary>The end of all files, as far as it is known.</summary>
    public long Duration
    {
        get
        {
            long longest = Math.Max(_end, _reader is null ? 0 : _start + _reader.Duration.Ticks);
            foreach (PlaybackItem item in part.Items) longest = Math.Max(longest, (item.Start + item.Duration).Ticks);
            return longest;
        }
    }

    /// <summary>Goes to the last keyframe at or before a position. False: nothing is left from there on.</summary>
    /// <param name="isRepeated">The first frames follow the last ones: what an encoder put before the file's zero was heard already.</param>
    public bool Seek(long position, bool isRepeated)
    {
        (_lastTimes[0], _lastTimes[1]) = (long.MinValue, long.MinValue);
        _lastTime = _end = long.MinValue;
        _skipsPriming = isRepeated;
        int index = 0;
        while (index + 1 < part.Items.Length && part.Items[index + 1].Start.Ticks <= position) index++;
        if (!Open(index)) return false;
        // Behind its end, in a gap, the next one is the one.
        long behind = position - _start;
        if (_reader!.Duration > TimeSpan.Zero && behind >= _reader.Duration.Ticks && _index + 1 < part.Items.Length) return Open(_index + 1);
        return behind <= 0 || Guard(() => _reader.Seek(TimeSpan.FromTicks(behind))) || Open(_index + 1);
    }

    /// <summary>The next frame; false at the end of the last file.</summary>
    public bool TryRead(out PlaybackFrame frame)
    {
        frame = default;
        while (_reader is not null)
        {
            if (!TryReadSample(out MediaFileSample sample))
            {
                if (_reader is not null) CheckEnd();
                if (!Open(_index + 1)) return false;
                continue;
            }

            if ((sample.Track == _video || sample.Track == _audio) && TryPlace(sample.Frame, out frame)) return true;
            sample.Frame.Release();
        }

        return false;
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _stream?.Dispose();
        (_reader, _stream) = (null, null);
        _opened = -1;
    }

    /// <summary>Opens that file, or the first one behind it that can be; the one that is open begins anew.</summary>
    private bool Open(int index)
    {
        for (; index < part.Items.Length; index++)
        {
            PlaybackItem item = part.Items[index];
            _index = index;
            _lastTime = long.MinValue;
            // A clock that was corrected may put a file before the end of the one before.
            _start = Math.Max(item.Start.Ticks, _end);
            if (_opened == index && _reader is not null && Guard(() => _reader.Seek(TimeSpan.Zero))) return true;
            Dispose();
            if (!Guard(() => OpenReader(item)) || !ChooseTracks(item)) continue;
            _opened = index;
            return true;
        }

        Dispose();
        return false;
    }

    private void OpenReader(PlaybackItem item)
    {
        _stream = item.Open();
        _reader = open(_stream);
        _fileEnd = 0;
    }

    private bool ChooseTracks(PlaybackItem item)
    {
        ImmutableArray<MediaFileTrack> tracks = _reader!.Tracks;
        _video = IndexOf(tracks, MediaKind.Video);
        _audio = IndexOf(tracks, MediaKind.Audio);
        foreach (MediaFileTrack track in tracks)
            if (track.Unsupported is { } reason) note($"{item.Name}: {track.CodecName} is not played: {reason}");
        if (_video >= 0 || _audio >= 0) return true;
        GiveUp("there is no picture and no sound in it that can be played");
        return false;
    }

    private static int IndexOf(ImmutableArray<MediaFileTrack> tracks, MediaKind kind)
    {
        for (int i = 0; i < tracks.Length; i++)
            if (tracks[i].Kind == kind && tracks[i].Format is not null) return i;
        return -1;
    }

    // False: the frame is not played, since its time can't be.
    private bool TryPlace(in MediaFrame frame, out PlaybackFrame placed)
    {
        int rate = frame.Format.ClockRate;
        long time = Timeline.ToTicks(frame.DecodeTime, rate);
        long shown = Timeline.ToTicks(frame.PresentationTime, rate);
        long duration = _durations.Of(frame, time);
        placed = default;
        int kind = frame.Format.Kind == MediaKind.Video ? 0 : 1;
        if (_skipsPriming && kind == 1 && shown + duration <= 0) return false;
        if (_lastTime != long.MinValue && _start + time - _lastTime > LongestSilence) _start = _lastTime + UsualStep - time;
        if (_start + time <= _lastTimes[kind]) return false;
        _lastTimes[kind] = _start + time;
        _fileEnd = Math.Max(_fileEnd, shown + duration);
        _lastTime = Math.Max(_lastTime, _start + time);
        _end = Math.Max(_end, _start + shown + duration);
        placed = new PlaybackFrame(frame, _start + time, _start + shown + duration, _start, _start + time);
        return true;
    }

    /// <summary>Does what may fail for the file's sake; false: it did, and the reason is noted.</summary>
    private bool Guard(Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception e) when (IsOfTheFile(e))
        {
            GiveUp(e.Message);
            return false;
        }
    }

    private bool TryReadSample(out MediaFileSample sample)
    {
        try
        {
            return _reader!.TryRead(out sample);
        }
        catch (Exception e) when (IsOfTheFile(e))
        {
            sample = default;
            GiveUp(e.Message);
            return false;
        }
    }

    private static bool IsOfTheFile(Exception e) => e is MediaFileException or IOException or UnauthorizedAccessException;

    // Readers play a file that was cut off up to the cut.
    private void CheckEnd()
    {
        TimeSpan promised = TimeSpan.Zero;
        for (int i = 0; i < _reader!.Tracks.Length; i++)
            if (i == _video || i == _audio) promised = TimeSpan.FromTicks(Math.Max(promised.Ticks, (_reader.Tracks[i].Start + _reader.Tracks[i].Duration).Ticks));
        if (promised.Ticks - _fileEnd > MostMissing)
            GiveUp(string.Create(CultureInfo.InvariantCulture, $"the file ends after {_fileEnd / 1e7:0.0} s, and says that it has {promised.TotalSeconds:0.0} s"));
    }

    private void GiveUp(string why)
    {
        string reason = $"{part.Items[_index].Name}: {why}";
        Fault ??= reason;
        note(reason);
        Dispose();
    }
}
