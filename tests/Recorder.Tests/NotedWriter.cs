using System.Buffers;
using System.Collections.Immutable;
using Media;
using Media.Containers;
using Rooms;

namespace Recorder.Tests;

/// <summary>One frame that was written, in milliseconds of the publication's timeline.</summary>
internal readonly record struct NotedFrame(MediaKind Kind, double Time, bool IsKeyframe);

/// <summary>A container in which everything can be seen: notes what it is given, and makes one byte of each byte.</summary>
internal sealed class NotedWriter(string container, ImmutableArray<TrackFormat> tracks) : IMediaFileWriter
{
    private readonly List<MediaFrame> _pending = [];
    private long _first = long.MaxValue;
    private long _last;

    public string Container { get; } = container;

    public ImmutableArray<TrackFormat> Tracks { get; } = tracks;

    public List<NotedFrame> Frames { get; } = [];

    public int Fragments { get; private set; }

    public bool IsFinished { get; private set; }

    public IEnumerable<NotedFrame> Video => Frames.Where(frame => frame.Kind == MediaKind.Video);

    public IEnumerable<NotedFrame> Audio => Frames.Where(frame => frame.Kind == MediaKind.Audio);

    public long PendingTicks => 0;

    public long PendingBytes => _pending.Sum(frame => (long)frame.Length);

    public long DurationTicks => Math.Max(0, _last - _first);

    public long Length { get; private set; }

    public void WriteHeader(IBufferWriter<byte> output) => Write(output, 16);

    public void Add(int track, in MediaFrame frame)
    {
        Assert.Equal(Tracks[track].Codec, frame.Format.Codec);
        Assert.False(IsFinished);
        long time = Timeline.ToTicks(frame.PresentationTime, frame.Format.ClockRate);
        _first = Math.Min(_first, time);
        _last = Math.Max(_last, time);
        Frames.Add(new NotedFrame(frame.Format.Kind, TimeSpan.FromTicks(time).TotalMilliseconds, frame.IsKeyframe));
        _pending.Add(frame.AddReference());
    }

    public void CutFragment(IBufferWriter<byte> output)
    {
        foreach (MediaFrame frame in _pending)
        {
            Write(output, frame.Length);
            frame.Release();
        }

        if (_pending.Count > 0) Fragments++;
        _pending.Clear();
    }

    public FinishedFile Finish()
    {
        IsFinished = true;
        return new FinishedFile(new byte[32], [new FilePatch(0, new byte[4])]);
    }

    public void Dispose()
    {
        foreach (MediaFrame frame in _pending) frame.Release();
        _pending.Clear();
    }

    private void Write(IBufferWriter<byte> output, int length)
    {
        output.GetSpan(length)[..length].Clear();
        output.Advance(length);
        Length += length;
    }
}
