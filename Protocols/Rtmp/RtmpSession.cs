using System.Buffers;
using System.Buffers.Binary;
using Media.Buffers;
using Media.Flv;

namespace Protocols.Rtmp;

/// <summary>
/// The server's side of one RTMP connection, without I/O: bytes and time in; bytes out through an
/// <see cref="IBufferWriter{T}"/>, everything else through an <see cref="IRtmpSessionListener"/>. RTMP 1.0.
/// One thread at a time; every callback happens inside a call.
/// <code>
/// Handshake -> Connecting -> Connected -> Deciding -> Publishing -> Connected ... -> Closed (from anywhere)
/// </code>
/// </summary>
public sealed class RtmpSession : IDisposable
{
    private enum State
    {
        Handshake,
        Connecting,
        Connected,

        /// <summary>The owner has not yet answered a publish; no bytes are taken meanwhile.</summary>
        Deciding,
        Publishing,
        Closed,
    }

    private readonly RtmpSessionOptions _options;
    private readonly IRtmpSessionListener _listener;
    private readonly RtmpHandshake _handshake;
    private readonly ChunkReader _chunks;
    private readonly RtmpSender _sender;
    private readonly RtmpLiveness _liveness;
    private State _state;
    private string _app = "";
    private string _encoder = "";
    private string _publishedName = "";
    private uint _streams; // message streams made so far; the last one's id
    private uint _publishStream;
    private uint _window;
    private ulong _bytesReceived;
    private ulong _bytesAcknowledged;
    private bool _announced; // FCPublish came: its encoders expect an answer of their own

    /// <param name="random">For the handshake's filling; nothing secret depends on it.</param>
    /// <param name="now">Monotonic ticks.</param>
    public RtmpSession(
        RtmpSessionOptions options, IRtmpSessionListener listener, IBufferWriter<byte> output, Random random, long now)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _listener = listener;
        _handshake = new RtmpHandshake(output, random);
        _chunks = new ChunkReader(options.Pool, options.MaxMessageLength);
        _sender = new RtmpSender(output);
        _window = options.Window;
        _liveness = new RtmpLiveness(options, now);
    }

    public bool IsClosed => _state == State.Closed;

    /// <summary>A publish waits for the owner's answer.</summary>
    public bool IsDeciding => _state == State.Deciding;

    public bool IsPublishing => _state == State.Publishing;

    public RtmpCloseReason CloseReason { get; private set; }

    public ulong BytesReceived => _bytesReceived;

    /// <summary>Messages that were malformed or of no known kind and were passed over.</summary>
    public long MessagesSkipped { get; private set; }

    /// <summary>When <see cref="Advance"/> wants to be called next, in monotonic ticks.</summary>
    public long NextDeadline => _state is State.Closed or State.Deciding
        ? long.MaxValue
        : _liveness.NextDeadline(mayPing: _state != State.Handshake, isPublishing: _state == State.Publishing);

    /// <summary>Takes bytes from the peer. Returns how many: fewer than given while a publish waits for its answer.</summary>
    public int Receive(ReadOnlySpan<byte> data, long now)
    {
        if (_state == State.Closed) return data.Length;
        if (_state == State.Deciding || data.IsEmpty) return 0;
        _liveness.OnReceived(now);
        ReadOnlySpan<byte> rest = data;
        if (_state == State.Handshake) ShakeHands(ref rest);
        while (_state is not (State.Handshake or State.Deciding or State.Closed) && ReceiveMessage(ref rest, now))
        {
        }

        int taken = _state == State.Closed ? data.Length : data.Length - rest.Length;
        _bytesReceived += (ulong)taken;
        if (_state is not (State.Handshake or State.Closed)) AcknowledgeWindow();
        return taken;
    }

    /// <summary>The same from a pipe; returns up to where the bytes were taken.</summary>
    public SequencePosition Receive(in ReadOnlySequence<byte> data, long now)
    {
        long taken = 0;
        foreach (ReadOnlyMemory<byte> segment in data)
        {
            int count = Receive(segment.Span, now);
            taken += count;
            if (count < segment.Length) break;
        }

        return data.GetPosition(taken);
    }

    /// <summary>Does what is due: asks a silent peer for a sign of life, gives it up, ends a connection without use.</summary>
    public void Advance(long now)
    {
        if (_state is State.Closed or State.Deciding) return;
        switch (_liveness.Due(now, mayPing: _state != State.Handshake, isPublishing: _state == State.Publishing))
        {
            case RtmpLiveness.Duty.Ping:
                _sender.Ping(_liveness.OnPing(now));
                break;
            case RtmpLiveness.Duty.GiveUp:
                Close(RtmpCloseReason.PeerSilent, "Nothing was received for too long.");
                break;
            case RtmpLiveness.Duty.EndUnused:
                Close(RtmpCloseReason.NothingPublished, "Nothing was published in time.");
                break;
        }
    }

    /// <summary>Lets the encoder that asked begin.</summary>
    public void AcceptPublish(long now)
    {
        if (_state != State.Deciding) return;
        _state = State.Publishing;
        _liveness.OnReceived(now);
        if (_announced) _sender.SendNotice("onFCPublish", RtmpStatus.PublishStart, $"Publishing {_publishedName}.");
        _sender.BeginStream(_publishStream);
        _sender.SendStatus(_publishStream, "status", RtmpStatus.PublishStart, $"Publishing {_publishedName}.");
    }

    /// <summary>Refuses the encoder that asked, and ends the session: encoders wait for that and not for the words.</summary>
    /// <param name="code">Of <see cref="RtmpStatus"/>.</param>
    public void RejectPublish(string code, string description)
    {
        if (_state != State.Deciding) return;
        _sender.SendStatus(_publishStream, "error", code, description);
        End(code == RtmpStatus.PublishDenied ? RtmpCloseReason.Denied : RtmpCloseReason.Refused);
    }

    /// <summary>Ends the session; the peer is told why where it still may be listening. Idempotent.</summary>
    public void Close(RtmpCloseReason reason, string description)
    {
        if (_state == State.Closed) return;
        if (reason != RtmpCloseReason.PeerClosed)
        {
            if (_state is State.Publishing or State.Deciding)
                _sender.SendStatus(_publishStream, "error", RtmpStatus.ConnectClosed, description);
            else if (_state == State.Connected)
                _sender.SendStatus(0, "error", RtmpStatus.ConnectClosed, description);
        }

        End(reason);
    }

    public void Dispose() => Close(RtmpCloseReason.Closed, "Closed.");

    private void ShakeHands(ref ReadOnlySpan<byte> data)
    {
        switch (_handshake.Receive(ref data))
        {
            case RtmpHandshakeResult.Done:
                _state = State.Connecting;
                break;
            case RtmpHandshakeResult.Refused:
                End(RtmpCloseReason.NotRtmp);
                break;
        }
    }

    private bool ReceiveMessage(ref ReadOnlySpan<byte> data, long now)
    {
        switch (_chunks.Read(ref data, out RtmpMessage message))
        {
            case ChunkReadResult.Message:
                using (message.Buffer) Handle(message, now);
                return true;
            case ChunkReadResult.Fault:
                Close(_chunks.Fault, $"Protocol error: {_chunks.Fault}.");
                return false;
            default:
                return false;
        }
    }

    private void Handle(in RtmpMessage message, long now)
    {
        switch (message.Type)
        {
            case RtmpMessageType.Audio or RtmpMessageType.Video:
                HandleMedia(message.Type, message.Timestamp, message.Buffer, 0, message.Length);
                break;
            case RtmpMessageType.Aggregate:
                HandleAggregate(message);
                break;
            case RtmpMessageType.Data or RtmpMessageType.DataAmf3:
                HandleData(message.Payload, message.Type == RtmpMessageType.DataAmf3);
                break;
            case RtmpMessageType.Command or RtmpMessageType.CommandAmf3:
                if (RtmpCommand.TryParse(message.Payload, message.Type == RtmpMessageType.CommandAmf3, out RtmpCommand command))
                    HandleCommand(command, message.StreamId, now);
                else MessagesSkipped++;
                break;
            default:
                HandleControl(message);
                break;
        }
    }

    private void HandleControl(in RtmpMessage message)
    {
        uint value = message.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(message.Payload) : 0;
        switch (message.Type)
        {
            case RtmpMessageType.SetChunkSize when (value & 0x7FFFFFFF) != 0:
                _chunks.ChunkSize = (int)(value & 0x7FFFFFFF); // the first bit must be zero: §5.4.1
                break;
            case RtmpMessageType.SetChunkSize:
                Close(RtmpCloseReason.MalformedChunk, "A chunk size of zero.");
                break;
            case RtmpMessageType.Abort:
                _chunks.Abort((int)value);
                break;
            case RtmpMessageType.WindowAcknowledgementSize when value != 0:
                _window = value;
                break;
            case RtmpMessageType.UserControl when RtmpUserControl.IsPing(message.Payload, out uint time):
                _sender.AnswerPing(time);
                break;
            case RtmpMessageType.UserControl or RtmpMessageType.Acknowledgement or RtmpMessageType.SetPeerBandwidth:
                break;
            default:
                MessagesSkipped++;
                break;
        }
    }

    private void HandleMedia(RtmpMessageType type, uint timestamp, PooledBuffer buffer, int offset, int length)
    {
        if (_state != State.Publishing) MessagesSkipped++;
        else if (length > 0) _listener.OnMedia(type, timestamp, buffer, offset, length);
    }

    private void HandleAggregate(in RtmpMessage message)
    {
        var parts = new AggregateReader(message.Payload, message.Timestamp);
        while (parts.MoveNext())
        {
            if (parts.Type is RtmpMessageType.Audio or RtmpMessageType.Video)
                HandleMedia(parts.Type, parts.Timestamp, message.Buffer, parts.Offset, parts.Length);
            else if (parts.Type == RtmpMessageType.Data)
                HandleData(message.Payload.Slice(parts.Offset, parts.Length), isAmf3: false);
            if (_state == State.Closed) return;
        }

        if (parts.IsMalformed) MessagesSkipped++;
    }

    private void HandleData(ReadOnlySpan<byte> payload, bool isAmf3)
    {
        if (_state != State.Publishing) return;
        if (RtmpMetadata.TryParse(payload, isAmf3, out AmfValue metadata)) _listener.OnMetadata(metadata);
        else MessagesSkipped++;
    }

    private void HandleCommand(in RtmpCommand command, uint streamId, long now)
    {
        if (_state == State.Connecting && command.Name != "connect")
        {
            MessagesSkipped++;
            return;
        }

        switch (command.Name)
        {
            case "connect":
                HandleConnect(command);
                break;
            case "createStream":
                _sender.SendResult(command.TransactionId, AmfValue.Null, (double)++_streams);
                break;
            case "publish":
                HandlePublish(command, streamId);
                break;
            case "deleteStream" when command.Argument(0) is { Kind: AmfKind.Number } id && id.Number != _publishStream:
                break; // one that was made and never used
            case "FCUnpublish" or "closeStream" or "deleteStream":
                // GStreamer gives the stream's name where its number belongs; only one is published, so both mean it.
                Unpublish(now);
                break;
            case "play" or "play2":
                _sender.SendStatus(streamId, "error", RtmpStatus.PlayFailed, "Playing over RTMP is not supported yet; watch in a browser.");
                End(RtmpCloseReason.Refused);
                break;
            case "releaseStream" or "FCPublish":
                _announced |= command.Name == "FCPublish";
                if (command.WantsAnswer) _sender.SendResult(command.TransactionId, AmfValue.Null, AmfValue.Undefined);
                break;
            default:
                if (command.WantsAnswer && !command.Name.StartsWith('_'))
                    _sender.SendError(command.TransactionId, RtmpStatus.CallFailed, $"There is no method {Shorten(command.Name)}.");
                break;
        }
    }

    private void HandleConnect(in RtmpCommand command)
    {
        if (_state != State.Connecting) return;
        string app = command.Object["app"].Text ?? "";
        int query = app.IndexOf('?', StringComparison.Ordinal);
        _app = (query < 0 ? app : app[..query]).Trim('/');
        _encoder = Shorten(command.Object["flashVer"].Text ?? "");
        _sender.SetWindow(_options.Window);
        _sender.SetChunkSize(_options.ChunkSize);
        if (_app != _options.App)
        {
            string description = $"There is no app '{Shorten(app)}'. The address is rtmp://HOST/{_options.App}, the stream key ROOM.";
            _sender.SendError(command.TransactionId, RtmpStatus.ConnectInvalidApp, description);
            End(RtmpCloseReason.Refused);
            return;
        }

        _state = State.Connected;
        AmfValue server = AmfValue.FromObject(new("fmsVer", "FMS/3,0,1,123"), new("capabilities", 31));
        AmfValue info = RtmpSender.Info(
            "status", RtmpStatus.ConnectSuccess, "Connection succeeded.", new AmfProperty("objectEncoding", 0));
        _sender.SendResult(command.TransactionId, server, info);
    }

    private void HandlePublish(in RtmpCommand command, uint streamId)
    {
        if (_state == State.Publishing)
        {
            _sender.SendStatus(streamId, "error", RtmpStatus.PublishBadName, "This connection publishes already.");
            return;
        }

        _state = State.Deciding;
        _publishStream = streamId;
        if (!RtmpStreamKey.TryParse(command.Argument(0).Text ?? "", out RtmpStreamKey? key, out string problem))
        {
            RejectPublish(RtmpStatus.PublishBadName, problem);
            return;
        }

        _publishedName = key.Publication == RtmpStreamKey.DefaultPublication ? key.Room : $"{key.Room}/{key.Publication}";
        _listener.OnPublish(new RtmpPublishRequest(key, _app, _encoder));
    }

    private void Unpublish(long now)
    {
        if (_state != State.Publishing) return;
        _state = State.Connected;
        _liveness.OnIdle(now);
        if (_announced) _sender.SendNotice("onFCUnpublish", RtmpStatus.UnpublishSuccess, $"Stopped publishing {_publishedName}.");
        _sender.SendStatus(_publishStream, "status", RtmpStatus.UnpublishSuccess, $"Stopped publishing {_publishedName}.");
        _listener.OnUnpublish();
    }

    private void AcknowledgeWindow()
    {
        if (_bytesReceived - _bytesAcknowledged < _window) return;
        _bytesAcknowledged = _bytesReceived;
        _sender.Acknowledge((uint)_bytesReceived);
    }

    private void End(RtmpCloseReason reason)
    {
        if (_state == State.Closed) return;
        bool wasPublishing = _state == State.Publishing;
        _state = State.Closed;
        CloseReason = reason;
        _chunks.Dispose();
        if (wasPublishing) _listener.OnUnpublish();
        _listener.OnClosed(reason);
    }

    private static string Shorten(string text) => text.Length <= 64 ? text : text[..64];
}
