using Protocols.Rtp;
using static Protocols.Tests.Rtp.ReceiverFixture;

namespace Protocols.Tests.Rtp;

public sealed class IncomingStreamsTests
{
    private const int Mid = 4, Rid = 10, RepairedRid = 11; // ids of Chromium's offer

    [Fact]
    public void Chromiums_simulcast_is_told_by_mid_and_rid_and_then_by_source()
    {
        var fixture = new ReceiverFixture(Chromium);
        fixture.Vp8(1, 96, 100, 0, true, Text(Mid, "1"), Text(Rid, "l"));
        fixture.Vp8(2, 96, 200, 0, true, Text(Mid, "1"), Text(Rid, "h"));
        fixture.Vp8(1, 96, 101);
        fixture.Vp8(2, 96, 201);
        Assert.Equal(["started 1l", "1l:65636K", "started 1h", "1h:65736K", "1l:65637", "1h:65737"], fixture.Log);
        Assert.Equal(["0", "1l", "1m", "1h"], fixture.Receiver.Encodings.Select(encoding => encoding.Section.Mid + encoding.Rid));
    }

    [Fact]
    public void Repaired_rids_lead_retransmissions_to_their_encoding()
    {
        var fixture = new ReceiverFixture(Chromium);
        fixture.Vp8(1, 96, 100, 0, true, Text(Mid, "1"), Text(Rid, "m"));
        fixture.Vp8(1, 96, 102);
        fixture.Rtx(9, 97, 5, 101, [0x10, 1, 2], 0, Text(Mid, "1"), Text(RepairedRid, "m"));
        Assert.Equal("1m:65637", fixture.Log[^1]);
        Assert.Equal([0x10, 1, 2], fixture.LastPayload);
        Assert.Equal(96, fixture.Last.Codec.PayloadType);
        Assert.True(fixture.Last.IsLate);
    }

    [Fact]
    public void Firefoxs_sources_are_told_by_rid_and_their_retransmissions_by_the_offer()
    {
        var fixture = new ReceiverFixture(Firefox);
        fixture.Vp8(1628667909, 120, 10, 0, true, Text(3, "0"), Text(9, "m"));
        fixture.Vp8(1628667909, 120, 12);
        fixture.Rtx(2447430461, 124, 1, 11, [0x10, 1, 2]);
        Assert.Equal(["started 0m", "0m:65546K", "0m:65548", "0m:65547"], fixture.Log);
    }

    [Fact]
    public void Announced_sources_need_no_extensions_at_all()
    {
        var fixture = new ReceiverFixture(ChromiumPlain);
        fixture.Vp8(3586388311, 96, 10, 0, true);
        fixture.Receive(Packet(2761748462, 111, 1, 0, [1, 2, 3]));
        Assert.Equal(["started 1", "1:65546K", "started 0", "0:65537K"], fixture.Log);
    }

    [Fact]
    public void A_payload_type_of_one_section_only_is_enough_where_nothing_else_is_known()
    {
        var fixture = new ReceiverFixture(Aiortc);
        fixture.Receive(Packet(1, 96, 1, 0, [1, 2, 3]));
        fixture.Receive(Packet(2, 99, 1, 0, [0x65, 2, 3]));
        Assert.Equal(["started 1", "1:65537K", "started 0", "0:65537K"], fixture.Log);
    }

    [Fact]
    public void Forged_sources_are_counted_and_dropped()
    {
        var fixture = new ReceiverFixture(Chromium);
        fixture.Vp8(1, 96, 100, 0, true, Text(Mid, "1"), Text(Rid, "l"));
        int before = fixture.Log.Count;
        fixture.Vp8(2, 96, 100); // no rid: which encoding?
        fixture.Vp8(3, 96, 100, 0, true, Text(Mid, "1"), Text(Rid, "x"));
        fixture.Vp8(4, 96, 100, 0, true, Text(Mid, "7"), Text(Rid, "l"));
        fixture.Vp8(5, 50, 100, 0, true, Text(Mid, "1"), Text(Rid, "l")); // payload type of nobody
        fixture.Vp8(6, 96, 100, 0, true, Text(Mid, "0")); // of another section
        fixture.Vp8(7, 96, 100, 0, true, Text(Mid, "1"), Text(RepairedRid, "l")); // not the payload type of a retransmission
        Assert.Equal(before, fixture.Log.Count);
        Assert.Equal(6, fixture.Receiver.Counters.UnassignedPackets);
    }

    [Fact]
    public void A_payload_type_alone_does_not_take_an_encoding_that_is_sending()
    {
        var fixture = new ReceiverFixture(ChromiumPlain);
        fixture.Vp8(3586388311, 96, 10, 0, true);
        fixture.Vp8(999, 96, 10, 0, true);
        Assert.Equal(1, fixture.Receiver.Counters.SurplusPackets);
        fixture.Now += 2100 * Millisecond;
        fixture.Vp8(999, 96, 10, 0, true);
        Assert.Equal("started 1", fixture.Log[^2]);
    }

    [Fact]
    public void A_new_source_that_names_its_encoding_takes_over_and_the_old_one_is_not_heard_again()
    {
        var fixture = new ReceiverFixture(Chromium);
        fixture.Vp8(1, 96, 100, 0, true, Text(Mid, "1"), Text(Rid, "l"));
        fixture.Rtx(8, 97, 1, 99, [0x10, 1], 0, Text(Mid, "1"), Text(RepairedRid, "l"));
        fixture.Vp8(2, 96, 100, 0, true, Text(Mid, "1"), Text(Rid, "l"));
        fixture.Vp8(1, 96, 101, 0, false, Text(Mid, "1"), Text(Rid, "l"));
        fixture.Rtx(8, 97, 2, 99, [0x10, 1]); // the number means another packet now
        Assert.Equal(["started 1l", "1l:65636K", "1l:65635", "started 1l", "1l:196708K"], fixture.Log);
        Assert.Equal(2, fixture.Receiver.Counters.RetiredPackets);
        fixture.Now += 3000 * Millisecond;
        fixture.Vp8(1, 96, 102);
        Assert.Equal("started 1l", fixture.Log[^2]);
    }

    [Fact]
    public void The_number_of_sources_is_bounded()
    {
        var fixture = new ReceiverFixture(Chromium, new ReceiverOptions { MaxSources = 4 });
        for (uint ssrc = 10; ssrc < 1000; ssrc++) fixture.Vp8(ssrc, 96, 1, 0, true, Text(Mid, "1"), Text(Rid, "l"));
        // One is announced for sound.
        Assert.Equal(3, fixture.Log.Count(line => line.StartsWith("started", StringComparison.Ordinal)));
        Assert.Equal(990 - 3, fixture.Receiver.Counters.SurplusPackets);
        fixture.Now += 11_000 * Millisecond;
        fixture.Vp8(2000, 96, 1, 0, true, Text(Mid, "1"), Text(Rid, "l"));
        Assert.Equal("started 1l", fixture.Log[^2]);
    }
}
