using System.Security.Cryptography;
using Media.Buffers;
using Media.Rtp;
using Media.Rtp.Payloads;
using TestKit;

namespace Media.Tests.Rtp.Payloads;

public sealed class DepacketizerTests : IDisposable
{
    private readonly BufferPool _pool = new();
    private readonly LeakCheck _leaks;

    public DepacketizerTests() => _leaks = new LeakCheck(_pool);

    public void Dispose() => _leaks.Dispose();

    private List<(string Hash, bool IsKeyframe, TrackFormat Format)> Feed(
        IDepacketizer depacketizer, IEnumerable<string> packets)
    {
        var frames = new List<(string, bool, TrackFormat)>();
        foreach (string hex in packets)
        {
            RtpPacket packet = PacketList.Parse(_pool, hex);
            if (depacketizer.TryDepacketize(packet, out MediaFrame frame))
            {
                frames.Add((Convert.ToHexStringLower(SHA256.HashData(frame.Data)), frame.IsKeyframe, frame.Format));
                frame.Release();
            }

            packet.Release();
        }

        return frames;
    }

    [Fact]
    public void H264_of_ffmpeg_comes_together_as_it_was_encoded()
    {
        using var depacketizer = new H264Depacketizer(_pool);
        var frames = Feed(depacketizer, RtpSamples.H264Packets);
        Assert.Equal(RtpSamples.H264FrameHashes, frames.Select(frame => frame.Hash));
        Assert.Equal([true, false], frames.Select(frame => frame.IsKeyframe));
        Assert.Equal((32, 32, 2), (frames[0].Format.Video!.Width, frames[0].Format.Video!.Height, frames[0].Format.ParameterSets.Length));
    }

    [Fact]
    public void Vp8_of_ffmpeg_comes_together_as_it_was_encoded()
    {
        using var depacketizer = new Vp8Depacketizer(_pool);
        var frames = Feed(depacketizer, RtpSamples.Vp8Packets);
        Assert.Equal(RtpSamples.Vp8FrameHashes, frames.Select(frame => frame.Hash));
        Assert.Equal([true, false], frames.Select(frame => frame.IsKeyframe));
        Assert.Equal((32, 32), (frames[0].Format.Video!.Width, frames[0].Format.Video!.Height));
    }

    [Fact]
    public void Vp9_of_ffmpeg_comes_together_as_it_was_encoded()
    {
        using var depacketizer = new Vp9Depacketizer(_pool);
        var frames = Feed(depacketizer, RtpSamples.Vp9Packets);
        Assert.Equal(RtpSamples.Vp9FrameHashes, frames.Select(frame => frame.Hash));
        Assert.Equal([true, false], frames.Select(frame => frame.IsKeyframe));
        Assert.Equal((32, 32), (frames[0].Format.Video!.Width, frames[0].Format.Video!.Height));
    }

    [Fact]
    public void A_lost_vp9_packet_costs_the_frame_it_was_in()
    {
        string[] packets = RtpSamples.Vp9Packets;
        for (int lost = 0; lost < packets.Length; lost++)
        {
            using var depacketizer = new Vp9Depacketizer(_pool);
            var frames = Feed(depacketizer, packets.Where((_, i) => i != lost));
            Assert.Equal(lost == packets.Length - 1 ? 1 : 0, frames.Count); // without the keyframe there is no format
        }
    }

    [Theory]
    [InlineData(Codec.Pcmu)]
    [InlineData(Codec.Pcma)]
    public void Samples_of_g711_are_a_frame_in_the_buffer_of_their_packet(Codec codec)
    {
        using IDepacketizer depacketizer = Depacketizers.Create(codec, _pool)!;
        RtpPacket packet = PacketList.Parse(_pool, "8000000100000050000000077f7e7d");
        Assert.True(depacketizer.TryDepacketize(packet, out MediaFrame frame));
        Assert.Same(packet.Buffer, frame.Buffer);
        Assert.Equal("7F7E7D", Convert.ToHexString(frame.Data));
        Assert.Equal((codec, 8000, 1, 80), (frame.Format.Codec, frame.Format.ClockRate, frame.Format.Channels, frame.PresentationTime));
        frame.Release();
        packet.Release();
    }

    [Fact]
    public void Each_codec_of_webrtc_has_a_depacketizer()
    {
        foreach (Codec codec in (Codec[])[Codec.H264, Codec.Vp8, Codec.Vp9, Codec.Av1, Codec.Opus, Codec.Pcmu, Codec.Pcma])
            Depacketizers.Create(codec, _pool)!.Dispose();
        Assert.Null(Depacketizers.Create(Codec.Aac));
    }

    [Fact]
    public void A_lost_packet_costs_the_frame_it_was_in()
    {
        string[] packets = RtpSamples.H264Packets;
        for (int lost = 1; lost < packets.Length - 1; lost++)
        {
            using var depacketizer = new H264Depacketizer(_pool);
            var frames = Feed(depacketizer, packets.Where((_, i) => i != lost));
            Assert.InRange(frames.Count, 0, 1);
            // Without the keyframe its parameter sets are missing too.
            Assert.Equal(2, frames.Count + depacketizer.DroppedFrames);
            Assert.All(frames, frame => Assert.Contains(frame.Hash, RtpSamples.H264FrameHashes));
        }
    }

    [Fact]
    public void A_lost_vp8_packet_costs_the_frame_it_was_in()
    {
        string[] packets = RtpSamples.Vp8Packets;
        for (int lost = 0; lost < packets.Length; lost++)
        {
            using var depacketizer = new Vp8Depacketizer(_pool);
            var frames = Feed(depacketizer, packets.Where((_, i) => i != lost));
            Assert.InRange(frames.Count, 0, 1);
            Assert.All(frames, frame => Assert.Contains(frame.Hash, RtpSamples.Vp8FrameHashes));
        }
    }

    [Fact]
    public void Frames_before_the_parameter_sets_are_dropped()
    {
        using var depacketizer = new H264Depacketizer(_pool);
        Assert.Empty(Feed(depacketizer, RtpSamples.H264Packets.Skip(1)));
        Assert.Equal(2, depacketizer.DroppedFrames);
    }
}
