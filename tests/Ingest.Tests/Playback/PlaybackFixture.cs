using System.Diagnostics.Metrics;
using Ingest.Playback;
using Media;
using Media.Containers;
using Rooms;
using Rooms.Tracks;
using TestKit;

namespace Ingest.Tests.Playback;

/// <summary>Playbacks of fake files on a stepped clock; the reading is done whenever it is asked for.</summary>
internal sealed class PlaybackFixture : IDisposable
{
    private readonly Meter _meter = new("test");
    private readonly Dictionary<string, FakeMediaFile> _files = [];
    private readonly RoomEventListener _events;
    private readonly List<RoomPlayback> _playbacks = [];

    public PlaybackFixture() => _events = Room.Registry.Events.Listen();

    public TestRoom Room { get; } = new();

    public List<RoomEvent> Events
    {
        get
        {
            var all = new List<RoomEvent>();
            while (_events.Reader.TryRead(out RoomEvent? one)) all.Add(one);
            return all;
        }
    }

    /// <summary>The reading waits for this, where it is set.</summary>
    public bool DiskStalls { get; set; }

    public void Dispose()
    {
        foreach (RoomPlayback playback in _playbacks) playback.Stop("over");
        Room.Registry.Close();
        Room.Test.Run();
        Assert.All(_files.Values, file => Assert.Equal(0, file.OpenReaders));
        Assert.Equal(0, Room.Pool.Leased);
        _events.Dispose();
        _meter.Dispose();
    }

    public FakeMediaFile File(string name, FakeMediaFile file) => _files[name] = file;

    public static PlaybackItem Item(string name, double start = 0) => new(name, () => new NamedStream(name), TimeSpan.FromSeconds(start));

    public RoomPlayback Play(string file, bool loop = false, double start = 0) =>
        Play(loop, start, new PlaybackPart("main", [Item(file)]));

    public RoomPlayback Play(bool loop, double start, params PlaybackPart[] parts)
    {
        var request = new PlaybackRequest($"p{_playbacks.Count}", "demo", "me", [.. parts], loop, TimeSpan.FromSeconds(start));
        var playback = new RoomPlayback(request, Room.Test.Loop, Room.Registry, new PlaybackMetrics(_meter), Open, work => () =>
        {
            if (!DiskStalls) work();
        });
        _playbacks.Add(playback);
        playback.Start();
        Room.Test.Run();
        return playback;
    }

    public Sink Watch(MediaKind kind = MediaKind.Video, string name = "main")
    {
        var sink = new Sink(Room.Test.Loop.Clock);
        ((FrameTrack)Room.Registry.Find("demo", name)!.Track(kind)!).Subscribe(sink, replayCache: true);
        return sink;
    }

    public void Advance(double seconds) => Room.Test.Advance(TimeSpan.FromSeconds(seconds));

    private IMediaFileReader Open(Stream stream) => _files.TryGetValue(((NamedStream)stream).Name, out FakeMediaFile? file)
        ? file.Open()
        : throw new MediaFileException("this is no media file");

    private sealed class NamedStream(string name) : MemoryStream
    {
        public string Name { get; } = name;
    }

    internal sealed class Sink(Media.Scheduling.MonotonicClock clock) : IFrameSink
    {
        /// <summary>In seconds.</summary>
        public List<(double Decode, double Presentation, bool IsKeyframe, double At)> Frames { get; } = [];

        public CloseReason? Closed { get; private set; }

        public void OnFrame(in MediaFrame frame)
        {
            double rate = frame.Format.ClockRate;
            Frames.Add((frame.DecodeTime / rate, frame.PresentationTime / rate, frame.IsKeyframe, clock.Now / 1e7));
        }

        public void OnClosed(CloseReason reason) => Closed = reason;

        /// <summary>Longest and shortest step from one frame to the next.</summary>
        public (double Min, double Max) Steps
        {
            get
            {
                double[] steps = [.. Frames.Zip(Frames.Skip(1), (a, b) => b.Decode - a.Decode)];
                return (steps.Min(), steps.Max());
            }
        }
    }
}
