using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;

namespace Gateway.Participants;

/// <summary>
/// One WebSocket of a participant: whole messages of bounded length in, one at a time; messages out through a bounded
/// queue, so that nobody waits for a client that does not read. Sending and ending: any thread.
/// </summary>
/// <param name="maxMessageBytes">A longer message ends it.</param>
internal sealed class ParticipantSocket(WebSocket socket, int maxMessageBytes) : IDisposable
{
    private const int QueueLength = 256;
    private const int FirstBufferBytes = 4096;

    /// <summary>Pieces of one message; a client that sends more sends pieces without content.</summary>
    private const int MaxPieces = 8192;

    /// <summary>How long a client may take for the last messages and the closing.</summary>
    private static readonly TimeSpan s_closingTime = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Channel<byte[]> _outbox = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly CancellationTokenSource _over = new();
    private bool _isOver;

    /// <summary>Why the gateway ended it; null = it did not.</summary>
    public SessionEnd? Ended { get; private set; }

    public void Send(GatewayMessage message) => Send(message.ToUtf8());

    public void Send(byte[] message)
    {
        // A full queue: the client does not read, and would not read why either.
        if (Ended is null && !_outbox.Writer.TryWrite(message)) Cut(SessionEnd.TooSlow);
    }

    /// <summary>Tells the client, after all that is queued, and closes. The first end counts.</summary>
    public void End(SessionEnd end)
    {
        lock (_gate)
        {
            if (_isOver || Ended is not null) return;
            if (!_outbox.Writer.TryWrite(new ClosedMessage(end.Word).ToUtf8()))
            {
                Cut(end);
                return;
            }

            Ended = end;
            _outbox.Writer.TryComplete();
            _over.CancelAfter(s_closingTime);
        }
    }

    /// <summary>Until the connection is over. Messages that come after an end are not passed on.</summary>
    public async Task RunAsync(Func<ReadOnlyMemory<byte>, Task> onMessage)
    {
        Task writing = WriteAsync();
        try
        {
            await ReadAsync(onMessage);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // The connection is lost, or the closing took too long.
        }
        finally
        {
            _outbox.Writer.TryComplete();
            _over.CancelAfter(s_closingTime);
            await writing;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            _over.Dispose();
        }
    }

    private void Cut(SessionEnd end)
    {
        lock (_gate)
        {
            if (_isOver || Ended is not null) return;
            Ended = end;
            _outbox.Writer.TryComplete();
            _over.Cancel();
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (byte[] message in _outbox.Reader.ReadAllAsync(_over.Token))
                await socket.SendAsync(message.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, _over.Token);
            SessionEnd end = Ended ?? SessionEnd.Left;
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(end.Status, end.Word, _over.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The reading side notices, too.
            socket.Abort();
        }
    }

    private async Task ReadAsync(Func<ReadOnlyMemory<byte>, Task> onMessage)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            (int length, int pieces) = (0, 0);
            while (true)
            {
                if (length == buffer.Length) buffer = Grow(buffer, length);
                ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(length), _over.Token);
                if (received.MessageType == WebSocketMessageType.Close) return;
                length += received.Count;
                if (received.MessageType == WebSocketMessageType.Binary) End(SessionEnd.Binary);
                else if (length > maxMessageBytes || ++pieces > MaxPieces) End(SessionEnd.TooLarge);
                else if (received.EndOfMessage && Ended is null) await onMessage(buffer.AsMemory(0, length));
                // What an ended client goes on to send is read until it closes, and forgotten.
                if (received.EndOfMessage || Ended is not null) (length, pieces) = (0, 0);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grow(byte[] buffer, int length)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(2 * length);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
