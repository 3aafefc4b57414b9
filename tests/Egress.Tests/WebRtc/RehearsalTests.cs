using Egress.WebRtc;

namespace Egress.Tests.WebRtc;

public sealed class RehearsalTests : IDisposable
{
    private readonly ViewerFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_viewer_is_played_through_in_memory() =>
        Assert.Null(Play());

    [Fact]
    public void Nobody_else_notices_it()
    {
        using Rooms.RoomEventListener news = _fixture.Room.Registry.Events.Listen();
        Assert.Null(Play());
        Assert.Empty(_fixture.Room.Registry.Rooms);
        Assert.False(news.Reader.TryRead(out _));
        Assert.Equal(0, _fixture.Sessions);
        Assert.Equal(0, _fixture.Network.Delivered + _fixture.Network.Lost);
    }

    [Fact]
    public void One_that_hangs_is_given_up_and_says_how_far_it_came()
    {
        Task<string?> rehearsal = Rehearsal.RunAsync(_fixture.Transport, _fixture.Room.Test.Loop, TimeSpan.FromSeconds(3));
        _fixture.Room.Test.Time.Advance(TimeSpan.FromSeconds(4)); // the loop has not turned meanwhile
        Assert.Contains("packets came in 3 s", _fixture.Complete(rehearsal), StringComparison.Ordinal);
    }

    /// <summary>Steps the clock as it goes: what is paced must get its time.</summary>
    private string? Play()
    {
        Task<string?> rehearsal = Rehearsal.RunAsync(_fixture.Transport, _fixture.Room.Test.Loop, TimeSpan.FromMinutes(1));
        bool done = SpinWait.SpinUntil(
            () =>
            {
                _fixture.Room.Test.AdvanceMilliseconds(0.1);
                return rehearsal.IsCompleted;
            },
            TimeSpan.FromSeconds(60));
        Assert.True(done, "The rehearsal does not end.");
        return rehearsal.Result;
    }
}
