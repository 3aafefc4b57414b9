using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace TestKit.Signalling;

/// <summary>
/// A participant of a room without a browser: sends and gets signalling messages. Every message is checked against the
/// schema; one of the gateway that does not fit it, or has a field that it does not name, fails the test.
/// </summary>
public sealed class RoomTestClient : IAsyncDisposable
{
    private const int MaxMessageBytes = 4 << 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);
    private static readonly JsonSchema s_ours = JsonSchema.OfRooms(isStrict: false);
    private static readonly JsonSchema s_theirs = JsonSchema.OfRooms(isStrict: true);

    private readonly ClientWebSocket _socket;
    private readonly Channel<JsonElement> _inbox = Channel.CreateUnbounded<JsonElement>();
    private readonly List<JsonElement> _passed = [];
    private readonly Task _reading;

    private RoomTestClient(ClientWebSocket socket)
    {
        _socket = socket;
        _reading = ReadAsync();
    }

    /// <summary>From <c>joined</c>.</summary>
    public string Id { get; private set; } = "";

    public string Resume { get; private set; } = "";

    /// <summary>All messages that came while another one was waited for.</summary>
    public IReadOnlyList<JsonElement> Passed => _passed;

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public string? CloseWord => _socket.CloseStatusDescription;

    /// <param name="gateway">http: or https:.</param>
    /// <exception cref="WebSocketException">The gateway refused.</exception>
    public static async Task<RoomTestClient> OpenAsync(Uri gateway, string room, string? token = null, Action<ClientWebSocketOptions>? configure = null, HttpMessageInvoker? over = null)
    {
        ArgumentNullException.ThrowIfNull(gateway);
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        configure?.Invoke(socket.Options);
        var address = new UriBuilder(gateway)
        {
            Scheme = gateway.Scheme == "https" ? "wss" : "ws", Path = $"/rooms/{room}/session", Query = token is null ? "" : $"token={token}",
        };
        try
        {
            await socket.ConnectAsync(address.Uri, over, CancellationToken.None).WaitAsync(s_patience);
            return new RoomTestClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static async Task<RoomTestClient> JoinAsync(Uri gateway, string room, string name, string? token = null, string? resume = null, int? lastN = null)
    {
        RoomTestClient client = await OpenAsync(gateway, room, token);
        await client.JoinAsync(name, resume, lastN);
        return client;
    }

    /// <summary>Returns <c>joined</c>.</summary>
    public async Task<JsonElement> JoinAsync(string name, string? resume = null, int? lastN = null)
    {
        var join = new Dictionary<string, object?> { ["type"] = "join", ["version"] = 1, ["name"] = name };
        if (resume is not null) join["resume"] = resume;
        if (lastN is not null) join["lastN"] = lastN;
        await SendAsync(join);
        JsonElement joined = await NextAsync("joined");
        (Id, Resume) = (joined.GetProperty("id").GetString()!, joined.GetProperty("resume").GetString()!);
        return joined;
    }

    /// <summary>Sends a message that fits the schema.</summary>
    public Task SendAsync(object message)
    {
        string text = JsonSerializer.Serialize(message);
        Check(s_ours, text, "clientMessage");
        return SendTextAsync(text);
    }

    /// <summary>Sends whatever it is.</summary>
    public Task SendTextAsync(string text, WebSocketMessageType type = WebSocketMessageType.Text) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(text), type, endOfMessage: true, CancellationToken.None).WaitAsync(s_patience);

    /// <summary>Waits for a message of that type that is as wanted; those before it are passed over.</summary>
    public async Task<JsonElement> NextAsync(string type, Func<JsonElement, bool>? wanted = null)
    {
        using var patience = new CancellationTokenSource(s_patience);
        int before = _passed.Count;
        try
        {
            while (true)
            {
                JsonElement message = await _inbox.Reader.ReadAsync(patience.Token);
                if (message.GetProperty("type").GetString() == type && wanted?.Invoke(message) != false) return message;
                _passed.Add(message);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException { InnerException: null })
        {
            throw new InvalidOperationException($"No such message of type {type}. Passed over: {string.Join('\n', _passed.Skip(before))}", e);
        }
    }

    /// <summary>Waits for news of another participant.</summary>
    public async Task<JsonElement> NextParticipantAsync(string @event, Func<JsonElement, bool>? wanted = null) => (await NextAsync(
        "participant",
        message => message.GetProperty("event").GetString() == @event && wanted?.Invoke(message.GetProperty("participant")) != false)).GetProperty("participant");

    /// <summary>All messages that came and were not asked for.</summary>
    public IReadOnlyList<JsonElement> Rest()
    {
        var rest = new List<JsonElement>();
        while (_inbox.Reader.TryRead(out JsonElement message)) rest.Add(message);
        return rest;
    }

    /// <summary>A message there and back: whatever was sent to us before has come.</summary>
    public async Task PingAsync()
    {
        await SendAsync(new { type = "ping" });
        await NextAsync("pong");
    }

    /// <summary>Waits until the gateway has closed, and answers; the word of <c>closed</c>.</summary>
    public async Task<string?> ClosedAsync()
    {
        JsonElement closed = await NextAsync("closed");
        await _reading.WaitAsync(s_patience);
        return closed.GetProperty("reason").GetString();
    }

    /// <summary>Goes without a word, as when the network is gone.</summary>
    public void Break() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[MaxMessageBytes];
        try
        {
            while (true)
            {
                int length = 0;
                ValueWebSocketReceiveResult received;
                do
                {
                    received = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    length += received.Count;
                }
                while (!received.EndOfMessage);

                if (received.MessageType == WebSocketMessageType.Close) break;
                _inbox.Writer.TryWrite(Check(s_theirs, Encoding.UTF8.GetString(buffer, 0, length), "gatewayMessage"));
            }

            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            _inbox.Writer.TryComplete();
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            _inbox.Writer.TryComplete();
        }
        catch (InvalidDataException e)
        {
            _inbox.Writer.TryComplete(e);
        }
    }

    private static JsonElement Check(JsonSchema schema, string text, string definition)
    {
        JsonElement message = JsonDocument.Parse(text).RootElement;
        IReadOnlyList<string> errors = schema.Check(message, definition);
        return errors.Count == 0 ? message : throw new InvalidDataException($"{text} does not fit the schema: {string.Join("; ", errors)}");
    }
}
