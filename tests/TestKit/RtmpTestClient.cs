using System.Buffers;
using System.Buffers.Binary;
using Media.Buffers;
using Media.Flv;
using Protocols.Rtmp;

namespace TestKit;

/// <summary>
/// An encoder by script: builds the bytes it would send, and reads what a server answers. No I/O: <see cref="Take"/>
/// gives the bytes built so far, <see cref="Receive"/> is given the server's.
/// </summary>
public sealed class RtmpTestClient : IDisposable
{
    private const int BlockLength = 1536;

    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly ChunkReader _reader = new(new BufferPool(), 1 << 20);
    private int _handshakeRest = 1 + 2 * BlockLength;
    private double _transaction = 1;

    public int ChunkSize { get; set; } = 128;

    /// <summary>Commands that the server sent, in order.</summary>
    public List<RtmpTestAnswer> Answers { get; } = [];

    /// <summary>Control messages that the server sent, in order.</summary>
    public List<(RtmpMessageType Type, byte[] Payload)> Controls { get; } = [];

    public byte[] Handshake { get; } = new byte[1 + 2 * BlockLength];

    /// <summary>The newest status code, such as NetStream.Publish.Start.</summary>
    public string? Status => Answers.LastOrDefault(answer => answer.Name == "onStatus")?.Information["code"].Text;

    /// <summary>The bytes built so far; they are given once.</summary>
    public byte[] Take()
    {
        byte[] bytes = _output.WrittenSpan.ToArray();
        _output.ResetWrittenCount();
        return bytes;
    }

    public RtmpTestClient ShakeHands(byte version = 3)
    {
        byte[] bytes = new byte[1 + 2 * BlockLength];
        bytes[0] = version;
        for (int i = 9; i < bytes.Length; i++) bytes[i] = (byte)(i * 31);
        return Raw(bytes);
    }

    public RtmpTestClient Raw(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        return this;
    }

    public RtmpTestClient Connect(string app = "live") => Command(
        "connect", 1,
        AmfValue.FromObject(
            new("app", app), new("type", "nonprivate"), new("flashVer", "FMLE/3.0 (compatible; Test)"),
            new("tcUrl", $"rtmp://localhost/{app}")));

    /// <summary>createStream and publish.</summary>
    public RtmpTestClient Publish(string key = "demo") =>
        Command("createStream", ++_transaction, AmfValue.Null)
            .Command("publish", ++_transaction, 1, AmfValue.Null, key, "live");

    public RtmpTestClient Command(string name, double transaction, params AmfValue[] values) =>
        Command(name, transaction, 0, values);

    public RtmpTestClient Command(string name, double transaction, uint streamId, params AmfValue[] values)
    {
        var body = new ArrayBufferWriter<byte>();
        Amf0Writer.Write(body, name);
        Amf0Writer.Write(body, transaction);
        foreach (AmfValue value in values) Amf0Writer.Write(body, value);
        return Message(3, RtmpMessageType.Command, streamId, 0, body.WrittenSpan);
    }

    public RtmpTestClient Metadata(params AmfProperty[] properties)
    {
        var body = new ArrayBufferWriter<byte>();
        Amf0Writer.Write(body, "@setDataFrame");
        Amf0Writer.Write(body, "onMetaData");
        Amf0Writer.WriteEcmaArray(body, AmfValue.FromObject(properties));
        return Message(4, RtmpMessageType.Data, 1, 0, body.WrittenSpan);
    }

    /// <summary>Tells the server of a new chunk size and uses it from then on.</summary>
    public RtmpTestClient SetChunkSize(int size)
    {
        Control(RtmpMessageType.SetChunkSize, (uint)size);
        ChunkSize = size;
        return this;
    }

    public RtmpTestClient Control(RtmpMessageType type, uint value)
    {
        Span<byte> body = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(body, value);
        return Message(2, type, 0, 0, body);
    }

    public RtmpTestClient Video(uint timestamp, ReadOnlySpan<byte> body) =>
        Message(6, RtmpMessageType.Video, 1, timestamp, body);

    public RtmpTestClient Audio(uint timestamp, ReadOnlySpan<byte> body) =>
        Message(4, RtmpMessageType.Audio, 1, timestamp, body);

    /// <summary>A message with a format 0 header, cut into chunks.</summary>
    public RtmpTestClient Message(
        int chunkStream, RtmpMessageType type, uint streamId, uint timestamp, ReadOnlySpan<byte> payload)
    {
        new ChunkWriter(_output) { ChunkSize = ChunkSize }.Write(chunkStream, type, streamId, timestamp, payload);
        return this;
    }

    /// <summary>Reads what the server sent.</summary>
    public void Receive(ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> shaken = data[..Math.Min(_handshakeRest, data.Length)];
        shaken.CopyTo(Handshake.AsSpan(Handshake.Length - _handshakeRest));
        _handshakeRest -= shaken.Length;
        data = data[shaken.Length..];
        while (_reader.Read(ref data, out RtmpMessage message) == ChunkReadResult.Message)
            using (message.Buffer) Note(message);
        if (_reader.Fault != RtmpCloseReason.None) throw new InvalidOperationException($"The server's chunks: {_reader.Fault}");
    }

    public void Dispose() => _reader.Dispose();

    private void Note(in RtmpMessage message)
    {
        if (message.Type == RtmpMessageType.Command)
        {
            if (!RtmpCommand.TryParse(message.Payload, isAmf3: false, out RtmpCommand command))
                throw new InvalidOperationException("The server sent a malformed command.");
            Answers.Add(new RtmpTestAnswer(command.Name, command.TransactionId, message.StreamId, command.Object, command.Argument(0)));
            return;
        }

        if (message.Type == RtmpMessageType.SetChunkSize)
            _reader.ChunkSize = BinaryPrimitives.ReadInt32BigEndian(message.Payload);
        Controls.Add((message.Type, message.Payload.ToArray()));
    }
}

/// <summary>A command that the server sent.</summary>
public sealed record RtmpTestAnswer(
    string Name, double TransactionId, uint StreamId, AmfValue First, AmfValue Information);
