using System.Collections.Immutable;
using System.Threading.Channels;

namespace Rooms;

/// <summary>Hands room events to any number of listeners. Thread safe; a slow listener loses the oldest events.</summary>
public sealed class RoomEvents
{
    private const int BacklogPerListener = 256;

    private ImmutableArray<Channel<RoomEvent>> _listeners = [];

    public void Raise(RoomEvent roomEvent)
    {
        foreach (Channel<RoomEvent> listener in _listeners) listener.Writer.TryWrite(roomEvent);
    }

    /// <summary>Starts listening; dispose to stop.</summary>
    public RoomEventListener Listen()
    {
        Channel<RoomEvent> channel = Channel.CreateBounded<RoomEvent>(
            new BoundedChannelOptions(BacklogPerListener) { FullMode = BoundedChannelFullMode.DropOldest });
        ImmutableInterlocked.Update(ref _listeners, static (list, c) => list.Add(c), channel);
        return new RoomEventListener(this, channel);
    }

    internal void Remove(Channel<RoomEvent> channel) =>
        ImmutableInterlocked.Update(ref _listeners, static (list, c) => list.Remove(c), channel);
}

/// <summary>One listener's bounded backlog of events.</summary>
public sealed class RoomEventListener(RoomEvents events, Channel<RoomEvent> channel) : IDisposable
{
    public ChannelReader<RoomEvent> Reader => channel.Reader;

    public void Dispose()
    {
        events.Remove(channel);
        channel.Writer.TryComplete();
    }
}
