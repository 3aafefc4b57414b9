using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;

namespace Gateway.Tests.Participants;

/// <summary>The gateway's end of a WebSocket whose client does as it is told.</summary>
internal sealed class FakeWebSocket : WebSocket
{
    private readonly Channel<(byte[] Text, bool IsLast, WebSocketMessageType Type)> _incoming = Channel.CreateUnbounded<(byte[], bool, WebSocketMessageType)>();
    private readonly TaskCompletionSource _reads = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (byte[] Text, bool IsLast, WebSocketMessageType Type) _rest; // of a piece that the buffer had no room for
    private WebSocketState _state = WebSocketState.Open;
    private WebSocketCloseStatus? _status;
    private string? _word;

    public ConcurrentQueue<string> Sent { get; } = new();

    /// <summary>Whether the client reads what it is sent.</summary>
    public bool Reads
    {
        set
        {
            if (value) _reads.TrySetResult();
        }
    }

    public bool AnswersClose { get; set; } = true;

    /// <summary>What the gateway closed with.</summary>
    public override WebSocketCloseStatus? CloseStatus => _status;

    public override string? CloseStatusDescription => _word;

    public override WebSocketState State => _state;

    public override string? SubProtocol => null;

    public void Receive(string text, bool isLast) => _incoming.Writer.TryWrite((Encoding.UTF8.GetBytes(text), isLast, WebSocketMessageType.Text));

    /// <summary>The client closes.</summary>
    public void Leave() => _incoming.Writer.TryWrite(([], true, WebSocketMessageType.Close));

    public override void Abort() => _state = WebSocketState.Aborted;

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        (_status, _word) = (closeStatus, statusDescription);
        if (AnswersClose) Leave();
        return Task.CompletedTask;
    }

    public override void Dispose() => Abort();

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override async ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_rest.Text is null) _rest = await _incoming.Reader.ReadAsync(cancellationToken);
        (byte[] text, bool isLast, WebSocketMessageType type) = _rest;
        if (type == WebSocketMessageType.Close) _state = WebSocketState.CloseReceived;
        int length = Math.Min(text.Length, buffer.Length);
        text.AsMemory(0, length).CopyTo(buffer);
        _rest = length == text.Length ? default : (text[length..], isLast, type);
        return new ValueWebSocketReceiveResult(length, type, isLast && length == text.Length);
    }

    public override async Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        await _reads.Task.WaitAsync(cancellationToken);
        Sent.Enqueue(Encoding.UTF8.GetString(buffer));
    }
}
