using TestKit;

namespace Media.Tests.Scheduling;

public sealed class MediaLoopTests
{
    private readonly TestLoop _loop = new();
    private readonly List<string> _done = [];

    [Fact]
    public void Work_that_is_put_off_is_done_at_once_where_no_turn_runs()
    {
        _loop.Loop.AtEndOfTurn(() => _done.Add("put off"));
        Assert.Equal(["put off"], _done);
    }

    [Fact]
    public void Work_that_is_put_off_is_done_behind_all_that_the_turn_brought()
    {
        _loop.Loop.Post(() =>
        {
            _loop.Loop.AtEndOfTurn(() => _done.Add("put off"));
            _done.Add("first");
        });
        _loop.Loop.Post(() => _done.Add("second"));
        _loop.Loop.Turn();
        Assert.Equal(["first", "second", "put off"], _done);
    }

    [Fact]
    public void What_is_put_off_at_the_end_of_a_turn_belongs_to_it_too()
    {
        _loop.Loop.Post(() => _loop.Loop.AtEndOfTurn(() => _loop.Loop.AtEndOfTurn(() => _done.Add("last"))));
        _loop.Loop.Turn();
        Assert.Equal(["last"], _done);
    }

    [Fact]
    public void Time_stands_still_at_the_end_of_a_turn_until_it_may_pass()
    {
        var times = new List<long>();
        long start = _loop.Now;
        _loop.Loop.Post(() => _loop.Loop.AtEndOfTurn(() =>
        {
            _loop.Time.Advance(TimeSpan.FromMilliseconds(1));
            times.Add(_loop.Loop.Now - start);
            _loop.Loop.LetTimePass();
            times.Add(_loop.Loop.Now - start);
        }));
        _loop.Loop.Turn();
        _loop.Time.Advance(TimeSpan.FromMilliseconds(1));
        times.Add(_loop.Loop.Now - start);
        Assert.Equal([0, TimeSpan.TicksPerMillisecond, 2 * TimeSpan.TicksPerMillisecond], times);
    }
}
