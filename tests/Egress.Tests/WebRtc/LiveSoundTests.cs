using Egress.WebRtc;
using Media;

namespace Egress.Tests.WebRtc;

public sealed class LiveSoundTests
{
    [Fact]
    public void Sound_begins_with_the_next_packet()
    {
        ForwardingRig rig = NewSound();
        for (int i = 0; i < 10; i++) WriteSound(rig, i, advance: 20);
        rig.Forwarded.Start(rig.Now);
        WriteSound(rig, 10, advance: 20);
        WriteSound(rig, 11, advance: 20);

        Assert.Equal([1010L, 1011L], rig.Sent.Select(packet => packet.Source));
        Assert.Equal(960u, rig.Sent[1].Timestamp - rig.Sent[0].Timestamp);
    }

    [Fact]
    public void A_backlog_of_sound_is_left_out()
    {
        ForwardingRig rig = NewSound();
        rig.Forwarded.Start(rig.Now);
        for (int i = 0; i < 60; i++) WriteSound(rig, i, advance: 8); // 1.2 s of sound in half a second
        Assert.Empty(rig.Sent);

        for (int i = 60; i < 70; i++) WriteSound(rig, i, advance: 20);

        Assert.InRange(rig.Sent.Count, 5, 9);
    }

    [Fact]
    public void Sound_that_never_comes_in_real_time_is_sent_after_a_second()
    {
        ForwardingRig rig = NewSound();
        rig.Forwarded.Start(rig.Now);
        for (int i = 0; i < 150; i++) WriteSound(rig, i, advance: 8);

        Assert.Equal(1125, rig.Sent[0].Source);
    }

    private static ForwardingRig NewSound()
    {
        var rig = new ForwardingRig(parameters: new RtpStreamParameters(0x3333, 111, 48_000), kind: MediaKind.Audio);
        rig.Forwarded.Attach(rig.Track, rig.Now);
        return rig;
    }

    private static void WriteSound(ForwardingRig rig, int number, double advance)
    {
        rig.Track.WritePacket(number * 960, startsKeyframe: false, marker: false);
        rig.Advance(advance);
    }
}
