using Media;
using Media.Buffers;
using Media.FFmpeg;
using Media.Scheduling;
using Rooms.Publishing;
using Rooms.Tracks;
using TestKit;

namespace Rooms.Tests.Tracks;

/// <summary>What a WebRTC publisher sends in Opus can be had in AAC.</summary>
[Trait("Suite", "inprocess")]
public sealed class AudioConversionTests
{
    private static readonly TrackShape s_aac = new(TrackForm.Frames, Codec.Aac);

    private readonly TestRoom _room = new(ffmpeg: FFmpegLibrary.Load());
    private readonly PublicationWriter _writer;
    private readonly TestEncoding _source;
    private readonly List<byte[]> _packets;
    private int _next;

    public AudioConversionTests()
    {
        _writer = _room.PublishOrThrow();
        _source = new TestEncoding(_room, _writer, format: TestRoom.AudioFormat);
        _packets = OpusPackets(200);
    }

    private TrackViews Views => _writer.Publication.Views;

    [Fact]
    public void Packets_of_Opus_become_frames_of_AAC_whose_clock_counts_samples()
    {
        Play(1);
        var sink = new FrameDump();
        var track = (FrameTrack)Views.Find(s_aac).Track!;
        track.Subscribe(sink);
        PlayUntil(() => sink.Count >= 40);

        long[] times = [.. sink.Times];
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(1024, pair.Second - pair.First));
        Assert.Equal((Codec.Aac, 48_000, 2), (track.Format!.Codec, track.Format.ClockRate, track.Format.Channels));
        Assert.NotEmpty(track.Format.Configuration);
        Close();
    }

    [Fact]
    public void All_takers_share_one_chain_which_goes_when_nobody_takes_it()
    {
        Play(1);
        Track first = Views.Find(s_aac).Track!;
        Assert.Same(first, Views.Find(s_aac).Track);
        Assert.Equal(["audio-aac", "audio-opus-frames"], Views.Derived.Select(track => track.Id).Order(StringComparer.Ordinal));

        _room.Test.AdvanceMilliseconds(15_000);
        Assert.Equal(CloseReason.Unused, first.Closed);
        _room.Test.AdvanceMilliseconds(15_000);
        Assert.Empty(Views.Derived);
        Close();
    }

    [Fact]
    public void Without_FFmpeg_the_reason_names_what_is_missing()
    {
        var room = new TestRoom();
        var source = new TestEncoding(room, room.PublishOrThrow(), format: TestRoom.AudioFormat);
        source.WriteFrame();
        TrackView view = room.Registry.Find("demo", null)!.Views.Find(s_aac);
        Assert.Null(view.Track);
        Assert.Contains("the source is opus, not AAC", view.Reason, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("FFmpeg is missing", view.Reason, StringComparison.Ordinal);
    }

    private void Play(int frames)
    {
        for (int i = 0; i < frames; i++)
        {
            Assert.True(_source.Write(_source.Number++, _packets[_next++ % _packets.Count]));
            _source.NextFrame();
            _room.Test.Advance(TimeSpan.FromTicks(MonotonicClock.TicksPerSecond / 50));
        }
    }

    /// <summary>FFmpeg works on a thread of its own: its frames come to the loop sooner or later.</summary>
    private void PlayUntil(Func<bool> isEnough)
    {
        for (long end = Environment.TickCount64 + 30_000; !isEnough() && Environment.TickCount64 < end;)
        {
            if (_next < 150) Play(1);
            else _room.Test.Run();
        }

        Assert.True(isEnough());
    }

    private void Close()
    {
        _room.Registry.Close();
        _room.Test.Run();
    }

    /// <summary>Encoded by the way of a telephone's sound, whose conversion is public.</summary>
    private static List<byte[]> OpusPackets(int count)
    {
        var packets = new List<byte[]>();
        var pool = new BufferPool();
        using var encoder = new AudioTranscoder(FFmpegLibrary.Load(), new AudioTranscoderOptions(), pool, frame => packets.Add(frame.Data.ToArray()));
        var format = new TrackFormat { Codec = Codec.Pcmu, ClockRate = 8000, Channels = 1 };
        for (long time = 0; packets.Count < count; time += 160)
        {
            using PooledBuffer buffer = pool.RentCopy([.. Enumerable.Range(0, 160).Select(i => (byte)((i % 8 < 4 ? 0x80 : 0) | 0x20))]);
            encoder.Transcode(new MediaFrame(format, buffer, 0, 160, time, time, isKeyframe: true));
        }

        return packets;
    }
}
