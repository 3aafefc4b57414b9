using System.Buffers;
using Media.Buffers;
using Media.Flv;
using Media.Scheduling;
using Protocols.Rtmp;
using TestKit;

namespace Protocols.Tests.Rtmp;

/// <summary>A session with a scripted client before it and a listener that remembers behind it.</summary>
internal sealed class SessionFixture : IRtmpSessionListener, IDisposable
{
    private readonly ArrayBufferWriter<byte> _output = new();

    internal SessionFixture(RtmpSessionOptions? options = null)
    {
        Now = 5 * MonotonicClock.TicksPerSecond;
        Session = new RtmpSession((options ?? new RtmpSessionOptions()) with { Pool = Pool }, this, _output, new Random(1), Now);
    }

    internal BufferPool Pool { get; } = new();

    internal RtmpTestClient Client { get; } = new();

    internal RtmpSession Session { get; }

    internal long Now { get; set; }

    internal bool AcceptsAtOnce { get; set; } = true;

    internal RtmpPublishRequest? Request { get; private set; }

    internal List<(RtmpMessageType Type, uint Timestamp, byte[] Body)> Media { get; } = [];

    internal List<AmfValue> Metadata { get; } = [];

    internal int Unpublished { get; private set; }

    internal RtmpCloseReason? Closed { get; private set; }

    /// <summary>Gives the session what the client built, in pieces, and the client what the session answered.</summary>
    internal int Run(int pieceLength = int.MaxValue) => Receive(Client.Take(), pieceLength);

    internal int Receive(byte[] bytes, int pieceLength = int.MaxValue)
    {
        int taken = 0;
        while (taken < bytes.Length)
        {
            int length = Math.Min(pieceLength, bytes.Length - taken);
            int count = Session.Receive(bytes.AsSpan(taken, length), Now);
            taken += count;
            if (count < length) break;
        }

        Answer();
        return taken;
    }

    internal void Answer()
    {
        Client.Receive(_output.WrittenSpan);
        _output.ResetWrittenCount();
    }

    internal void Advance(double seconds)
    {
        Now += (long)(seconds * MonotonicClock.TicksPerSecond);
        Session.Advance(Now);
        Answer();
    }

    internal void StartPublishing(string key = "demo")
    {
        Client.ShakeHands().Connect().Publish(key);
        Run();
    }

    public void OnPublish(RtmpPublishRequest request)
    {
        Request = request;
        if (AcceptsAtOnce) Session.AcceptPublish(Now);
    }

    public void OnMedia(RtmpMessageType type, uint timestamp, PooledBuffer buffer, int offset, int length) =>
        Media.Add((type, timestamp, buffer.Array.AsSpan(offset, length).ToArray()));

    public void OnMetadata(AmfValue metadata) => Metadata.Add(metadata);

    public void OnUnpublish() => Unpublished++;

    public void OnClosed(RtmpCloseReason reason)
    {
        Assert.Null(Closed);
        Closed = reason;
    }

    public void Dispose()
    {
        Session.Dispose();
        Client.Dispose();
        Assert.Equal(0, Pool.Leased);
    }
}
