using System.Buffers;
using System.Buffers.Binary;
using Media.Flv;

namespace Protocols.Rtmp;

/// <summary>Writes the messages that a server sends: protocol control, user control, command answers.</summary>
internal sealed class RtmpSender(IBufferWriter<byte> output)
{
    private const int ControlChunkStream = 2; // RTMP 1.0 §5.4: control messages go there
    private const int CommandChunkStream = 3;
    private const int StatusChunkStream = 5;

    private const ushort StreamBegin = 0; // RTMP 1.0 §7.1.7
    private const ushort PingRequest = 6;
    private const ushort PingResponse = 7;
    private const byte DynamicLimit = 2; // RTMP 1.0 §5.4.5

    private readonly ChunkWriter _chunks = new(output);
    private readonly ArrayBufferWriter<byte> _body = new(512);

    internal void SetChunkSize(int size)
    {
        SendControl(RtmpMessageType.SetChunkSize, (uint)size);
        _chunks.ChunkSize = size;
    }

    internal void Acknowledge(uint sequence) => SendControl(RtmpMessageType.Acknowledgement, sequence);

    internal void SetWindow(uint window)
    {
        SendControl(RtmpMessageType.WindowAcknowledgementSize, window);
        Span<byte> limit = stackalloc byte[5];
        BinaryPrimitives.WriteUInt32BigEndian(limit, window);
        limit[4] = DynamicLimit;
        _chunks.Write(ControlChunkStream, RtmpMessageType.SetPeerBandwidth, 0, 0, limit);
    }

    internal void BeginStream(uint streamId) => SendUserControl(StreamBegin, streamId);

    internal void Ping(uint milliseconds) => SendUserControl(PingRequest, milliseconds);

    internal void AnswerPing(uint milliseconds) => SendUserControl(PingResponse, milliseconds);

    internal void SendResult(double transactionId, in AmfValue first, in AmfValue second) =>
        SendCommand(CommandChunkStream, 0, "_result", transactionId, first, second);

    internal void SendError(double transactionId, string code, string description) =>
        SendCommand(CommandChunkStream, 0, "_error", transactionId, AmfValue.Null, Info("error", code, description));

    internal void SendStatus(uint streamId, string level, string code, string description) =>
        SendCommand(StatusChunkStream, streamId, "onStatus", 0, AmfValue.Null, Info(level, code, description));

    /// <summary>A call of the client that wants no answer, such as onFCPublish.</summary>
    internal void SendNotice(string name, string code, string description) =>
        SendCommand(CommandChunkStream, 0, name, 0, AmfValue.Null, Info("status", code, description));

    internal static AmfValue Info(string level, string code, string description, params AmfProperty[] more) =>
        AmfValue.FromObject([new("level", level), new("code", code), new("description", description), .. more]);

    private void SendCommand(
        int chunkStream, uint streamId, string name, double transactionId, in AmfValue first, in AmfValue second)
    {
        _body.ResetWrittenCount();
        Amf0Writer.Write(_body, name);
        Amf0Writer.Write(_body, transactionId);
        Amf0Writer.Write(_body, first);
        Amf0Writer.Write(_body, second);
        _chunks.Write(chunkStream, RtmpMessageType.Command, streamId, 0, _body.WrittenSpan);
    }

    private void SendControl(RtmpMessageType type, uint value)
    {
        Span<byte> body = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(body, value);
        _chunks.Write(ControlChunkStream, type, 0, 0, body);
    }

    private void SendUserControl(ushort kind, uint value)
    {
        Span<byte> body = stackalloc byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(body, kind);
        BinaryPrimitives.WriteUInt32BigEndian(body[2..], value);
        _chunks.Write(ControlChunkStream, RtmpMessageType.UserControl, 0, 0, body);
    }
}
