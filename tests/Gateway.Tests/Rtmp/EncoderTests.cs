using Gateway.Tests.Hosting;
using Rooms;
using Rooms.Tracks;
using TestKit.Processes;

namespace Gateway.Tests.Rtmp;

/// <summary>Other ways in which real encoders push.</summary>
[Trait("Suite", "inprocess")]
public sealed class EncoderTests
{
    /// <summary>Transaction id 0, 128-byte chunks, repeated metadata, delimiters, two slices, a name where a number belongs.</summary>
    [Fact]
    public async Task GStreamer_pushes_picture_and_sound()
    {
        string[] pipeline =
        [
            .. "-q flvmux name=mux streamable=true ! rtmp2sink sync=true location=URL".Split(' '),
            .. "videotestsrc is-live=true num-buffers=60 ! video/x-raw,width=320,height=180,framerate=25/1 ! x264enc tune=zerolatency key-int-max=25 ! h264parse ! mux.".Split(' '),
            .. "audiotestsrc is-live=true num-buffers=100 ! audio/x-raw,rate=44100,channels=1 ! avenc_aac ! mux.".Split(' '),
        ];
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string url = $"rtmp://127.0.0.1:{gateway.Host.RtmpPort}/live/demo";
        (FrameCollector video, FrameCollector audio) = await CollectAsync(
            gateway, ChildProcess.RunAsync("gst-launch-1.0", pipeline.Select(argument => argument.Replace("URL", url, StringComparison.Ordinal))));
        Assert.Equal(60, video.Frames.Length);
        Assert.InRange(audio.Frames.Length, 60, 110);
        Assert.Equal(59 * 40, video.Frames[^1].DecodeMilliseconds - video.Frames[0].DecodeMilliseconds, 2.0);
    }

    [Fact]
    public async Task FFmpeg_pushes_over_tls()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        string url = $"rtmps://127.0.0.1:{gateway.Host.RtmpsPort}/live/demo";
        string arguments = "-hide_banner -loglevel error -re -f lavfi -i testsrc2=s=320x180:r=25:d=2 -c:v libx264 -tune zerolatency -f flv " + url;
        (FrameCollector video, _) = await CollectAsync(gateway, ChildProcess.RunAsync("ffmpeg", arguments.Split(' ')));
        Assert.Equal(50, video.Frames.Length);
    }

    [Fact]
    public async Task FFmpeg_is_told_that_a_codec_is_not_carried_and_its_sound_goes_on()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using RoomEventListener events = gateway.Rooms.Events.Listen();
        string url = $"rtmp://127.0.0.1:{gateway.Host.RtmpPort}/live/demo";
        string arguments = "-hide_banner -loglevel error -re -f lavfi -i testsrc2=s=320x180:r=25:d=2 -f lavfi -i sine=d=2 -c:v flv1 -c:a aac -f flv " + url;
        (FrameCollector video, FrameCollector audio) = await CollectAsync(gateway, ChildProcess.RunAsync("ffmpeg", arguments.Split(' ')));
        Assert.Empty(video.Frames);
        Assert.NotEmpty(audio.Frames);
        var seen = new List<RoomEvent>();
        while (events.Reader.TryRead(out RoomEvent? item)) seen.Add(item);
        Assert.Equal("unsupported codec SorensonH263", Assert.Single(seen, item => item.Type == RoomEvent.TrackUnsupported).Detail);
    }

    /// <summary>Takes the frames of both media until the publisher has gone.</summary>
    internal static async Task<(FrameCollector Video, FrameCollector Audio)> CollectAsync(RunningGateway gateway, Task push)
    {
        var video = new FrameCollector();
        var audio = new FrameCollector();
        for (int i = 0; i < 1000 && !push.IsFaulted && gateway.Rooms.Find("demo", null) is null; i++) await Task.Delay(10);
        if (push.IsFaulted) await push;
        Publication publication = gateway.Rooms.Find("demo", null)!;
        bool hasVideo = false, hasAudio = false;
        while (publication.State == PublicationState.Live)
        {
            await publication.Loop.InvokeAsync(() =>
            {
                if (!hasVideo && publication.Video is FrameTrack videoTrack) videoTrack.Subscribe(video, replayCache: hasVideo = true);
                if (!hasAudio && publication.Audio is FrameTrack audioTrack) audioTrack.Subscribe(audio, replayCache: !(hasAudio = true));
            });
            await Task.Delay(5);
        }

        await push;
        return (video, audio);
    }
}
