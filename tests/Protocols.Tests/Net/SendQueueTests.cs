using System.Net;
using Protocols.Net;
using Protocols.Srtp;
using Protocols.Tests.Srtp;

namespace Protocols.Tests.Net;

public sealed class SendQueueTests
{
    [Fact]
    public void Equal_datagrams_of_one_route_are_one_run_that_a_shorter_one_closes()
    {
        var queue = new SendQueue(10_000, 16);
        foreach (int length in (int[])[100, 100, 100, 60, 60, 100]) Put(queue, To(1), length);
        Assert.Equal([(100, 4, 360), (60, 1, 60), (100, 1, 100)], Shape(queue));
    }

    [Fact]
    public void Another_route_begins_another_run()
    {
        var queue = new SendQueue(10_000, 16);
        Put(queue, To(1), 100);
        Put(queue, To(2), 100);
        Put(queue, To(2), 100);
        Put(queue, To(1), 100);
        Assert.Equal([(100, 1, 100), (100, 2, 200), (100, 1, 100)], Shape(queue));
    }

    [Fact]
    public void A_run_stays_within_what_the_kernel_cuts_up()
    {
        var queue = new SendQueue(1 << 20, 16);
        for (int i = 0; i < 70; i++) Put(queue, To(1), 10);
        Assert.Equal([(10, 64, 640), (10, 6, 60)], Shape(queue));
        var large = new SendQueue(1 << 20, 16);
        for (int i = 0; i < 60; i++) Put(large, To(1), 1200);
        Assert.Equal([(1200, 54, 64_800), (1200, 6, 7200)], Shape(large));
    }

    [Fact]
    public void What_was_sent_is_taken_off_datagram_by_datagram()
    {
        var queue = new SendQueue(10_000, 16);
        foreach (int length in (int[])[100, 100, 40, 70]) Put(queue, To(1), length);
        queue.Skip(1);
        Assert.Equal([(100, 2, 140), (70, 1, 70)], Shape(queue));
        queue.Skip(1);
        Assert.Equal([(100, 1, 40), (70, 1, 70)], Shape(queue));
        queue.Skip(2);
        Assert.True(queue.IsEmpty);
    }

    [Fact]
    public void What_was_left_is_moved_to_make_room_and_keeps_its_bytes()
    {
        var queue = new SendQueue(1000, 16);
        for (byte i = 0; i < 9; i++) Put(queue, To(i), 100, i);
        queue.Skip(5);
        Assert.Equal(500, queue.Reserve(500).Length);
        Assert.Equal([5, 6, 7, 8], queue.Runs.ToArray().Select(run => queue.Memory[run.Offset + 99]));
        Assert.Equal(0, queue.Runs[0].Offset);
    }

    [Fact]
    public void Packets_whose_tags_are_not_written_yet_get_them_before_they_are_moved()
    {
        using var sender = new SrtpContext(SrtpProfile.Aes128CmSha1Tag80, new byte[16], new byte[14]);
        using var receiver = new SrtpContext(SrtpProfile.Aes128CmSha1Tag80, new byte[16], new byte[14]);
        var queue = new SendQueue(1000, 16);
        Put(queue, To(1), 500);
        sender.Protect(SrtpContextTests.Packet(1, 290), queue.Reserve(400), queue.Batch, out int length);
        queue.Commit(To(2), length);
        queue.Skip(1);

        Assert.Equal(500, queue.Reserve(500).Length);

        SendRun moved = Assert.Single(queue.Runs.ToArray());
        Assert.Equal(0, moved.Offset);
        Assert.Equal(SrtpResult.Ok, receiver.Unprotect(queue.Memory.AsSpan(0, moved.Length), new byte[400], out _));
    }

    [Fact]
    public void A_full_queue_gives_no_room()
    {
        var queue = new SendQueue(1000, 3);
        Assert.True(queue.Reserve(1001).IsEmpty);
        for (int i = 0; i < 3; i++) Put(queue, To(i), 10);
        Assert.True(queue.Reserve(10).IsEmpty);
        queue.Skip(3);
        Assert.Equal(1000, queue.Reserve(1000).Length);
    }

    [Fact]
    public void Room_that_is_not_committed_is_given_again()
    {
        var queue = new SendQueue(1000, 3);
        queue.Reserve(900);
        Assert.Equal(900, queue.Reserve(900).Length);
        Assert.True(queue.IsEmpty);
    }

    private static Route To(int host) => new(
        TransportAddress.From(IPAddress.Loopback, 8000), TransportAddress.From(new IPAddress([192, 0, 2, (byte)host]), 9));

    private static void Put(SendQueue queue, Route route, int length, byte fill = 0)
    {
        queue.Reserve(length)[..length].Fill(fill);
        queue.Commit(route, length);
    }

    private static (int Segment, int Count, int Length)[] Shape(SendQueue queue) =>
        [.. queue.Runs.ToArray().Select(run => (run.SegmentLength, run.Count, run.Length))];
}
