using System.Text.Json;
using TestKit.Processes;
using TestKit.WebRtc;

namespace Gateway.Tests.Rtp;

/// <summary>FFmpeg pushes plain RTP with the SDP that it prints itself.</summary>
[Trait("Suite", "inprocess")]
public sealed class FfmpegRtpTests
{
    private const string H264 = "-c:v libx264 -preset ultrafast -tune zerolatency -g 25";
    private const string Opus = "-c:a libopus -ac 2";

    [Fact]
    public async Task FFmpegs_picture_and_sound_come_to_a_viewer()
    {
        await using RtpInRoom room = await RtpInRoom.StartAsync();
        string picture = await FfmpegSender.DescribeAsync(FfmpegSender.Picture, H264);
        string sound = await FfmpegSender.DescribeAsync(FfmpegSender.Sound, Opus);
        int[] ports = await room.OpenAsync(picture + sound[sound.IndexOf("m=audio", StringComparison.Ordinal)..]);
        using ChildProcess encoder = FfmpegSender.Start(
            $"{FfmpegSender.Picture} {FfmpegSender.Sound} -map 0:v {H264} -f rtp rtp://127.0.0.1:{ports[0]} -map 1:a {Opus} -f rtp rtp://127.0.0.1:{ports[1]}");

        await using WhepTestClient viewer = await room.WatchAsync("H264");
        IReadOnlyList<TestRtpPacket> video = await viewer.WaitForPacketsAsync(viewer.Video!, 100, RtpInRoom.Patience);
        IReadOnlyList<TestRtpPacket> audio = await viewer.WaitForPacketsAsync(viewer.Audio!, 100, RtpInRoom.Patience);

        RtpInRoom.AssertContinuous(video);
        RtpInRoom.AssertContinuous(audio);
        Assert.All(audio.Zip(audio.Skip(1)), pair => Assert.Equal(960u, pair.Second.Timestamp - pair.First.Timestamp));
        JsonElement publication = await room.PublicationAsync();
        Assert.Equal("rtp", publication.GetProperty("entrance").GetString());
        JsonElement track = await room.TrackAsync("video");
        Assert.Equal(("H264", 320, 180), (track.GetProperty("codec").GetString(), track.GetProperty("width").GetInt32(), track.GetProperty("height").GetInt32()));
        JsonElement status = await room.StatusAsync();
        Assert.Equal("live", status.GetProperty("state").GetString());
        Assert.All(status.GetProperty("sections").EnumerateArray(), section => Assert.StartsWith("127.0.0.1:", section.GetProperty("source").GetString(), StringComparison.Ordinal));
    }
}
