using System.Buffers;
using System.Buffers.Binary;

namespace Protocols.Rtmp;

/// <summary>Cuts messages into chunks: a format 0 header, then format 3 continuations. RTMP 1.0 §5.3.</summary>
internal sealed class ChunkWriter(IBufferWriter<byte> output)
{
    private const int MaxHeaderLength = 1 + 11 + 4;

    /// <summary>To be changed together with a Set Chunk Size message to the peer.</summary>
    internal int ChunkSize { get; set; } = ChunkReader.DefaultChunkSize;

    /// <param name="chunkStreamId">2 to 63.</param>
    internal void Write(
        int chunkStreamId, RtmpMessageType type, uint streamId, uint timestamp, ReadOnlySpan<byte> payload)
    {
        int header = WriteHeader(output.GetSpan(MaxHeaderLength), chunkStreamId, type, streamId, timestamp, payload.Length);
        output.Advance(header);
        while (true)
        {
            int length = Math.Min(ChunkSize, payload.Length);
            output.Write(payload[..length]);
            payload = payload[length..];
            if (payload.IsEmpty) return;
            WriteContinuation(chunkStreamId, timestamp);
        }
    }

    private static int WriteHeader(
        Span<byte> header, int chunkStreamId, RtmpMessageType type, uint streamId, uint timestamp, int length)
    {
        header[0] = (byte)chunkStreamId;
        WriteUInt24(header[1..], Math.Min(timestamp, ChunkHeader.Extended));
        WriteUInt24(header[4..], (uint)length);
        header[7] = (byte)type;
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], streamId);
        if (timestamp < ChunkHeader.Extended) return 12;
        BinaryPrimitives.WriteUInt32BigEndian(header[12..], timestamp);
        return 16;
    }

    private void WriteContinuation(int chunkStreamId, uint timestamp)
    {
        Span<byte> header = output.GetSpan(5);
        header[0] = (byte)(0xC0 | chunkStreamId);
        bool isExtended = timestamp >= ChunkHeader.Extended;
        if (isExtended) BinaryPrimitives.WriteUInt32BigEndian(header[1..], timestamp);
        output.Advance(isExtended ? 5 : 1);
    }

    private static void WriteUInt24(Span<byte> bytes, uint value)
    {
        bytes[0] = (byte)(value >> 16);
        bytes[1] = (byte)(value >> 8);
        bytes[2] = (byte)value;
    }
}
