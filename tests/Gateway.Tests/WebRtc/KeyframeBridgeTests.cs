using Media.Rtp;
using TestKit.Measuring;
using TestKit.Processes;
using TestKit.Sources;
using TestKit.WebRtc;

namespace Gateway.Tests.WebRtc;

/// <summary>A viewer who comes so late in a long group that the cache has given it up.</summary>
[Trait("Suite", "inprocess")]
public sealed class KeyframeBridgeTests
{
    private const int GroupFrames = 300;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    // The bounds are set lower than the 12 s and 32 MB that are usual, so that a group of 10 s outgrows them: 1 MB after
    // 5.6 s of 1.5 Mbit/s.
    [Theory]
    [InlineData("--FastStart:CacheSeconds=4", 5.5)]
    [InlineData("--FastStart:CacheMegabytes=1", 7)]
    public async Task A_late_viewer_starts_on_a_keyframe_of_our_own_and_goes_over_to_the_source_at_its_next_one(string bound, double position)
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync(bound);
        EncoderSettings settings = EncoderSettings.ZeroLatency(GroupFrames);
        using var source = new LiveSource(gateway.Rtmp("late"), settings with { Video = "-vf noise=alls=30:allf=t " + settings.Video });
        await gateway.WaitForTracksAsync("late", 2);
        await using WhepTestClient early = await WhepTestClient.ConnectAsync(new Uri(gateway.Whep("late")));
        await early.WaitForPacketsAsync(early.Video!, 1, s_patience);
        await NextKeyframeAsync(early);
        await Task.Delay(TimeSpan.FromSeconds(position));

        await using WhepTestClient late = await WhepTestClient.ConnectAsync(new Uri(gateway.Whep("late")));
        TestRtpPacket first = (await late.WaitForPacketsAsync(late.Video!, 1, s_patience))[0];
        double seconds = (first.ArrivalTime - late.PostedAt) / 1e7;
        byte[] ofSource = Pictures(early)[0].SequenceSet!;
        await NextKeyframeAsync(early); // the source's: where the viewer goes over
        await Task.Delay(1500);

        List<Picture> pictures = Pictures(late);
        int over = pictures.FindIndex(picture => picture.SequenceSet is { } set && set.SequenceEqual(ofSource));
        Report.Line($"Joined {position} s after a keyframe that the cache has given up ({bound}): first picture after {seconds * 1000:0} ms, over to the source at picture {over}");
        Assert.InRange(seconds, 0, 9 - position); // the source's own keyframe comes a second later
        Assert.True(pictures[0].IsKeyframe);
        Assert.NotEqual(ofSource, pictures[0].SequenceSet!);
        Assert.InRange(over, 15, 200);
        Assert.True(pictures[over].IsKeyframe);
        Assert.DoesNotContain(pictures.Skip(over), picture => picture.SequenceSet is { } set && !set.SequenceEqual(ofSource));
        for (int i = 1; i < pictures.Count; i++)
            Assert.InRange((int)(pictures[i].Timestamp - pictures[i - 1].Timestamp), 1, 90_000); // never older, nothing long left out
    }

    /// <summary>Waits until the source's next keyframe has come to a viewer who is at live.</summary>
    private static async Task NextKeyframeAsync(WhepTestClient viewer)
    {
        int before = Keyframes(viewer);
        for (int i = 0; i < 300 && Keyframes(viewer) == before; i++) await Task.Delay(100);
        Assert.NotEqual(before, Keyframes(viewer));
    }

    private static int Keyframes(WhepTestClient viewer) => Pictures(viewer).Count(picture => picture.IsKeyframe);

    /// <summary>The pictures of a viewer's video in the order they came, by the marks of their packets alone.</summary>
    private static List<Picture> Pictures(WhepTestClient client)
    {
        var pictures = new List<Picture>();
        foreach (TestRtpPacket packet in client.PacketsOf(client.Video!))
        {
            if (pictures.Count == 0 || pictures[^1].Timestamp != packet.Timestamp) pictures.Add(new Picture(packet.Timestamp));
            pictures[^1].Take(packet.Payload);
        }

        return pictures;
    }

    private sealed class Picture(uint timestamp)
    {
        public uint Timestamp { get; } = timestamp;

        public bool IsKeyframe { get; private set; }

        public byte[]? SequenceSet { get; private set; }

        /// <summary>RFC 6184: single unit, STAP-A (24), FU-A (28).</summary>
        public void Take(ReadOnlySpan<byte> payload)
        {
            int type = payload[0] & 31;
            if (type == 28)
            {
                Note(payload[1] & 31, default);
                return;
            }

            if (type != 24)
            {
                Note(type, payload);
                return;
            }

            for (ReadOnlySpan<byte> rest = payload[1..]; rest.Length > 2;)
            {
                int length = (rest[0] << 8) | rest[1];
                Note(rest[2] & 31, rest.Slice(2, length));
                rest = rest[(2 + length)..];
            }
        }

        private void Note(int type, ReadOnlySpan<byte> unit)
        {
            if (type == 5) IsKeyframe = true;
            if (type == 7) SequenceSet = unit.ToArray();
        }
    }
}
