using TestKit.Processes;
using TestKit.WebRtc;

namespace Gateway.Tests.Rtp;

/// <summary>GStreamer pushes plain RTP.</summary>
[Trait("Suite", "inprocess")]
public sealed class GStreamerRtpTests
{
    private const string Picture = "videotestsrc is-live=true ! video/x-raw,width=320,height=180,framerate=25/1 ! videoconvert ! ";
    private const string Sound = "audiotestsrc is-live=true ! ";
    private const string Key = "303132333435363738396162636465663031323334353637383961626364"; // and as base64 in the SDP
    private const string Inline = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNk";

    [Theory]
    [InlineData("H264", "H264", Picture + "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! rtph264pay config-interval=-1 pt=96")]
    [InlineData("VP8", "VP8", Picture + "vp8enc deadline=1 keyframe-max-dist=25 ! rtpvp8pay pt=96")]
    [InlineData("VP9", "VP9", Picture + "vp9enc deadline=1 cpu-used=8 keyframe-max-dist=25 ! rtpvp9pay pt=96")]
    public async Task A_picture_comes_to_a_viewer(string sent, string received, string pipeline)
    {
        await using RtpInRoom room = await RtpInRoom.StartAsync();
        int port = Assert.Single(await room.OpenAsync($"v=0\nm=video 9 RTP/AVP 96\na=rtpmap:96 {sent}/90000\n"));
        using ChildProcess encoder = Start(pipeline, port);
        await room.TrackAsync("video", found => found.TryGetProperty("width", out _));
        await using WhepTestClient viewer = await room.WatchAsync(received);
        RtpInRoom.AssertContinuous(await viewer.WaitForPacketsAsync(viewer.Video!, 80, RtpInRoom.Patience));
        Assert.Equal(sent, (await room.TrackAsync("video")).GetProperty("codec").GetString());
    }

    [Theory]
    [InlineData("opus/48000/2", "opus", Sound + "opusenc ! rtpopuspay pt=97")]
    [InlineData("PCMA/8000", "PCMA", Sound + "audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay pt=97")]
    public async Task Sound_comes_to_a_viewer(string map, string codec, string pipeline)
    {
        await using RtpInRoom room = await RtpInRoom.StartAsync();
        int port = Assert.Single(await room.OpenAsync($"v=0\nm=audio 9 RTP/AVP 97\na=rtpmap:97 {map}\n"));
        using ChildProcess encoder = Start(pipeline, port);
        Assert.Equal(codec, (await room.TrackAsync("audio")).GetProperty("codec").GetString());
        await using WhepTestClient viewer = await room.WatchAsync("H264");
        RtpInRoom.AssertContinuous(await viewer.WaitForPacketsAsync(viewer.Audio!, 80, RtpInRoom.Patience));
    }

    [Theory]
    [InlineData("AES_CM_128_HMAC_SHA1_80", Inline, "rtp-cipher=aes-128-icm rtp-auth=hmac-sha1-80 rtcp-cipher=aes-128-icm rtcp-auth=hmac-sha1-80 key=" + Key)]
    [InlineData("AEAD_AES_128_GCM", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYg==", "rtp-cipher=aes-128-gcm rtp-auth=null rtcp-cipher=aes-128-gcm rtcp-auth=null key=30313233343536373839616263646566303132333435363738396162")]
    public async Task A_protected_picture_is_deciphered(string suite, string key, string options)
    {
        await using RtpInRoom room = await RtpInRoom.StartAsync();
        int port = Assert.Single(await room.OpenAsync($"v=0\nm=video 9 RTP/SAVP 96\na=rtpmap:96 VP8/90000\na=crypto:1 {suite} inline:{key}\n"));
        using ChildProcess encoder = Start(Picture + $"vp8enc deadline=1 keyframe-max-dist=25 ! rtpvp8pay pt=96 ! srtpenc {options}", port);
        await using WhepTestClient viewer = await room.WatchAsync("VP8");
        RtpInRoom.AssertContinuous(await viewer.WaitForPacketsAsync(viewer.Video!, 80, RtpInRoom.Patience));
    }

    private static ChildProcess Start(string pipeline, int port) =>
        new("gst-launch-1.0", $"-q {pipeline} ! udpsink host=127.0.0.1 port={port}".Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
