using Media.Scheduling;
using TestKit;

namespace Media.Tests.Scheduling;

public sealed class LoopInboxTests
{
    private readonly TestLoop _loop = new();
    private readonly List<int[]> _batches = [];

    [Fact]
    public void What_is_written_before_the_loop_looks_comes_as_one_batch_in_order()
    {
        LoopInbox<int> inbox = Inbox(10);
        Assert.Equal(2, inbox.Write([1, 2]));
        Assert.Equal(1, inbox.Write([3]));
        _loop.Run();
        inbox.Write([4]);
        _loop.Run();
        Assert.Equal([[1, 2, 3], [4]], _batches);
    }

    [Fact]
    public void What_finds_it_full_is_refused_and_there_is_room_again_when_the_loop_has_looked()
    {
        LoopInbox<int> inbox = Inbox(3);
        Assert.Equal(2, inbox.Write([1, 2]));
        Assert.Equal(1, inbox.Write([3, 4]));
        Assert.Equal(0, inbox.Write([5]));
        _loop.Run();
        Assert.Equal(3, inbox.Write([6, 7, 8, 9]));
        _loop.Run();
        Assert.Equal([[1, 2, 3], [6, 7, 8]], _batches);
    }

    [Fact]
    public void Writing_and_draining_allocate_nothing()
    {
        int sum = 0;
        var inbox = new LoopInbox<int>(_loop.Loop, 100, batch => sum += batch.Length);
        int[] items = new int[50];
        for (int i = 0; i < 100; i++) Step();
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 50; i++) Step();
        });
        Assert.True(sum > 0);

        void Step()
        {
            inbox.Write(items);
            _loop.Run();
        }
    }

    private LoopInbox<int> Inbox(int most) => new(_loop.Loop, most, batch => _batches.Add(batch.ToArray()));
}
