using Media;
using Media.Scheduling;
using Recorder.Archive;
using Recorder.Files;
using Recorder.Tape;
using Rooms;
using Rooms.Publishing;
using TestKit;

namespace Recorder.Tests;

/// <summary>A room on a stepped clock that is recorded to a <see cref="TestDisk"/>; the recorder's thread is the test's own.</summary>
internal sealed class RecorderBed : IRecorderListener, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recorder-test-").FullName;
    private long _number;

    /// <param name="real">Files are written as they are in the program, to a real disk unless one is given.</param>
    public RecorderBed(RecordingPolicy policy = RecordingPolicy.Always, Func<RecorderOptions, RecorderOptions>? options = null, RoomOptions? rooms = null,
        bool real = false, TestDisk? disk = null)
    {
        Disk = disk ?? new TestDisk();
        Room = new TestRoom(rooms);
        Policy = policy;
        var standard = new RecorderOptions { Directory = _folder, MinFreeBytes = 1000 };
        Catalogue = new RecordingCatalogue(_folder);
        Catalogue.Load();
        Options = options?.Invoke(standard) ?? standard;
        var setup = new RecorderSetup(Options, real && disk is null ? new RecordingDisk() : Disk, Room.Test.Clock, this)
        {
            HasThreads = false,
            CreateWriter = real ? MediaFileWriters.Create : (container, tracks, _) =>
            {
                var writer = new NotedWriter(container, tracks);
                Files.Add(writer);
                return writer;
            },
        };
        Recorders = new RoomRecorders(Room.Registry, Catalogue, setup, _ => Policy);
        Room.Registry.Context.Listener = Recorders;
    }

    public TestRoom Room { get; }

    public TestDisk Disk { get; }

    public RecorderOptions Options { get; }

    public RecordingPolicy Policy { get; set; }

    public RecordingCatalogue Catalogue { get; }

    public RoomRecorders Recorders { get; }

    public List<NotedWriter> Files { get; } = [];

    /// <summary>What the listener was told.</summary>
    public List<string> Told { get; } = [];

    public RecordingDocument Document => Assert.Single(Catalogue.All);

    public RecordedPublication Recorded => Assert.Single(Document.Publications);

    /// <summary>The recorder's threads are waited for by the disk: nothing is written.</summary>
    public bool IsStalled { get; set; }

    /// <summary>Lets the recorder's threads do what is due.</summary>
    public void Work()
    {
        if (IsStalled || Recorders.Find("demo") is not { } recorder) return;
        foreach (PublicationRecorder publication in recorder.Publications) publication.Tape.Work();
    }

    public void Advance(double milliseconds)
    {
        for (double left = milliseconds; left > 0; left -= 25)
        {
            Room.Test.AdvanceMilliseconds(Math.Min(left, 25));
            Work();
        }
    }

    /// <summary>Plays picture and sound in real time: 25 pictures a second, and a sound each 20 ms.</summary>
    /// <param name="from">Media time at which it begins, in milliseconds.</param>
    /// <param name="group">Pictures from keyframe to keyframe.</param>
    public void Play(
        PublicationWriter writer, double milliseconds, double from = 0, int group = 25, bool video = true, bool audio = true,
        TrackFormat? videoFormat = null, int length = 100)
    {
        for (int at = 0; at < milliseconds; at += 20)
        {
            long time = (long)from + at;
            if (audio) Room.Write(writer, TestRoom.AudioFormat, time * 48, isKeyframe: true, length: 20);
            if (video && at % 40 == 0) Room.Write(writer, videoFormat ?? TestRoom.VideoFormat, time * 90, isKeyframe: _number++ % group == 0, length: length);
            Advance(20);
        }
    }

    /// <summary>The next picture is a keyframe.</summary>
    public void BeginGroup() => _number = 0;

    public async Task StopAsync() => await Recorders.CloseAsync();

    void IRecorderListener.OnStarted(RecordingDocument recording) => Told.Add("started");

    void IRecorderListener.OnFailed(RecordingDocument recording, string publication, string reason) => Told.Add($"failed {publication}: {reason}");

    void IRecorderListener.OnResumed(RecordingDocument recording, string publication) => Told.Add($"resumed {publication}");

    void IRecorderListener.OnStopped(RecordingDocument recording) => Told.Add("stopped");

    void IRecorderListener.OnDropped(RecordingDocument recording, string publication, long frames) => Told.Add("dropped");

    void IRecorderListener.OnWritten(long bytes)
    {
    }

    public void Dispose()
    {
        Recorders.CloseAsync().GetAwaiter().GetResult();
        Directory.Delete(_folder, recursive: true);
    }
}
