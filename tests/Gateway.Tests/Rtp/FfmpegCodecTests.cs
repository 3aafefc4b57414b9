using System.Text.Json;
using TestKit.Processes;
using TestKit.WebRtc;

namespace Gateway.Tests.Rtp;

/// <summary>What FFmpeg can send by RTP, with its own SDP and its own packet sizes.</summary>
[Trait("Suite", "inprocess")]
public sealed class FfmpegCodecTests
{
    private const string H264 = "-c:v libx264 -preset ultrafast -g 25 ";

    [Theory]
    [InlineData("VP8", "-c:v libvpx -deadline realtime -cpu-used 8 -g 25 -b:v 800k", "VP8")]
    [InlineData("VP9", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25 -b:v 800k", "VP9")]
    [InlineData("H265", "-c:v libx265 -preset ultrafast -tune zerolatency -x265-params log-level=none:keyint=25", "H264")] // converted
    [InlineData("H264", H264 + "-tune zerolatency -flags +global_header", "H264")]                                          // sets in the SDP only
    [InlineData("H264", H264 + "-bf 2 -b_strategy 0", "H264")]                                                              // converted
    public async Task A_picture_comes_to_a_viewer(string sent, string encoding, string received)
    {
        await using RtpInRoom room = await RtpInRoom.StartAsync();
        int port = Assert.Single(await room.OpenAsync(await FfmpegSender.DescribeAsync(FfmpegSender.Picture, encoding)));
        using ChildProcess encoder = FfmpegSender.Start(FfmpegSender.Picture, encoding, $"rtp://127.0.0.1:{port}");
        JsonElement track = await room.TrackAsync("video", found => found.TryGetProperty("width", out _));
        Assert.Equal((sent, 320, 180), (track.GetProperty("codec").GetString(), track.GetProperty("width").GetInt32(), track.GetProperty("height").GetInt32()));

        await using WhepTestClient viewer = await room.WatchAsync(received);
        Assert.Equal(received, viewer.Video!.Codec);
        IReadOnlyList<TestRtpPacket> video = await viewer.WaitForPacketsAsync(viewer.Video, 80, RtpInRoom.Patience);
        RtpInRoom.AssertContinuous(video);
        if (received == "H264") Assert.Contains(video, packet => (packet.Payload[0] & 0x1f) is 7 or 24); // parameter sets
    }

    [Theory]
    [InlineData("PCMU", "-ar 8000 -ac 1 -c:a pcm_mulaw")]
    [InlineData("PCMA", "-ar 8000 -ac 1 -c:a pcm_alaw")]
    public async Task Sound_of_the_telephone_comes_to_a_viewer_as_opus(string sent, string encoding)
    {
        await using RtpInRoom room = await RtpInRoom.StartAsync();
        int port = Assert.Single(await room.OpenAsync(await FfmpegSender.DescribeAsync(FfmpegSender.Sound, encoding)));
        using ChildProcess encoder = FfmpegSender.Start(FfmpegSender.Sound, encoding, $"rtp://127.0.0.1:{port}");
        Assert.Equal(sent, (await room.TrackAsync("audio")).GetProperty("codec").GetString());
        await using WhepTestClient viewer = await room.WatchAsync("H264");
        IReadOnlyList<TestRtpPacket> audio = await viewer.WaitForPacketsAsync(viewer.Audio!, 100, RtpInRoom.Patience);
        Assert.Equal("opus", viewer.Audio!.Codec);
        RtpInRoom.AssertContinuous(audio);
    }

    [Fact]
    public async Task A_protected_picture_is_deciphered()
    {
        const string Key = "-srtp_out_suite AES_CM_128_HMAC_SHA1_80 -srtp_out_params MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNk";
        const string Encoding = H264 + "-tune zerolatency";
        await using RtpInRoom room = await RtpInRoom.StartAsync();
        string sdp = await FfmpegSender.DescribeAsync(FfmpegSender.Picture, Encoding, "srtp://127.0.0.1:9", Key);
        Assert.Contains("a=crypto:1", sdp, StringComparison.Ordinal);
        int port = Assert.Single(await room.OpenAsync(sdp));
        using ChildProcess encoder = FfmpegSender.Start(FfmpegSender.Picture, $"{Encoding} {Key}", $"srtp://127.0.0.1:{port}");
        await using WhepTestClient viewer = await room.WatchAsync("H264");
        RtpInRoom.AssertContinuous(await viewer.WaitForPacketsAsync(viewer.Video!, 80, RtpInRoom.Patience));
        Assert.True((await room.StatusAsync()).GetProperty("sections")[0].GetProperty("protected").GetBoolean());
    }
}
