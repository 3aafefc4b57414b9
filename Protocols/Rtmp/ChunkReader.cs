using System.Buffers.Binary;
using Media.Buffers;

namespace Protocols.Rtmp;

internal enum ChunkReadResult
{
    /// <summary>All bytes were taken and no message is complete.</summary>
    NeedMore,

    /// <summary>A message is complete; there may be bytes left.</summary>
    Message,

    /// <summary>The peer broke the protocol; <see cref="ChunkReader.Fault"/> says how. Nothing more can be read.</summary>
    Fault,
}

/// <summary>
/// Puts RTMP chunks together to messages, each straight into one pooled buffer that grows as bytes arrive, so that a
/// length from the wire costs nothing before its bytes came. RTMP 1.0 §5.3.
/// </summary>
internal sealed class ChunkReader(BufferPool pool, int maxMessageLength) : IDisposable
{
    /// <summary>Chunk streams that one peer may use at a time; encoders use four.</summary>
    internal const int MaxChunkStreams = 64;

    /// <summary>RTMP 1.0 §5.4.1: the size until a Set Chunk Size message says another.</summary>
    internal const int DefaultChunkSize = 128;

    private const int MaxHeaderLength = 3 + 11 + 4;
    private const int FirstRent = 64 << 10;

    private readonly Dictionary<int, ChunkStream> _streams = [];
    private readonly byte[] _header = new byte[MaxHeaderLength];
    private readonly byte[] _replay = new byte[4]; // bytes to be read again before any others
    private int _headerLength;
    private int _replayLength;
    private ChunkStream? _current; // the stream whose chunk payload is being read, or null between chunks
    private int _chunkRest;
    private long _buffered;

    /// <summary>What the peer says it cuts its messages into; takes effect with the next chunk.</summary>
    internal int ChunkSize { get; set; } = DefaultChunkSize;

    internal RtmpCloseReason Fault { get; private set; }

    /// <summary>Messages that were begun anew or aborted before they were whole.</summary>
    internal int Abandoned { get; private set; }

    /// <summary>Takes bytes off the front of <paramref name="data"/> until a message is complete or none are left.</summary>
    internal ChunkReadResult Read(ref ReadOnlySpan<byte> data, out RtmpMessage message)
    {
        while (true)
        {
            ChunkReadResult result;
            if (_replayLength > 0)
            {
                ReadOnlySpan<byte> replay = _replay.AsSpan(0, _replayLength);
                _replayLength = 0;
                result = ReadChunks(ref replay, out message);
                KeepForReplay(replay);
                if (result != ChunkReadResult.NeedMore) return result;
            }

            result = ReadChunks(ref data, out message);
            if (result != ChunkReadResult.NeedMore || _replayLength == 0) return result;
        }
    }

    /// <summary>Abort Message, RTMP 1.0 §5.4.2: throws the part of a message away.</summary>
    internal void Abort(int chunkStreamId)
    {
        if (_streams.TryGetValue(chunkStreamId, out ChunkStream? stream) && stream.Message is not null) Drop(stream);
    }

    public void Dispose()
    {
        foreach (ChunkStream stream in _streams.Values) stream.Message?.Dispose();
        _streams.Clear();
        _current = null;
        if (Fault == RtmpCloseReason.None) Fault = RtmpCloseReason.Closed;
    }

    private ChunkReadResult ReadChunks(ref ReadOnlySpan<byte> data, out RtmpMessage message)
    {
        message = default;
        while (true)
        {
            if (Fault != RtmpCloseReason.None) return ChunkReadResult.Fault;
            if (_replayLength > 0 && _current is null) return ChunkReadResult.NeedMore; // those bytes come first
            if (_current is null && !ReadHeader(ref data))
                return Fault == RtmpCloseReason.None ? ChunkReadResult.NeedMore : ChunkReadResult.Fault;
            if (ReadPayload(ref data, out message)) return ChunkReadResult.Message;
            if (data.IsEmpty && _current is not null) return ChunkReadResult.NeedMore;
        }
    }

    // Collects the header byte by byte, since it may be split anywhere, until it is known to be whole. Returns false
    // where bytes are missing or the peer broke the protocol.
    private bool ReadHeader(ref ReadOnlySpan<byte> data)
    {
        while (true)
        {
            int needed = NeededHeaderLength(out ChunkStream? stream, out ChunkHeader header);
            if (needed < 0) return false;
            if (needed == _headerLength) return Begin(stream!, header);
            int take = Math.Min(needed - _headerLength, data.Length);
            data[..take].CopyTo(_header.AsSpan(_headerLength));
            data = data[take..];
            _headerLength += take;
            if (_headerLength < needed) return false;
        }
    }

    // The length of the header as far as its first bytes tell, or -1 on a fault.
    private int NeededHeaderLength(out ChunkStream? stream, out ChunkHeader header)
    {
        stream = null;
        header = default;
        if (_headerLength == 0) return 1;
        int basic = ChunkHeader.BasicLength(_header[0]);
        if (_headerLength < basic) return basic;
        int message = basic + ChunkHeader.MessageHeaderLength(_header[0]);
        if (_headerLength < message) return message;
        header = ChunkHeader.Parse(_header.AsSpan(0, message));
        if (!TryGetStream(header, out stream)) return -1;
        bool isExtended = header.Format == 3 ? stream!.IsExtended : header.TimestampField == ChunkHeader.Extended;
        return isExtended ? message + 4 : message;
    }

    private bool TryGetStream(in ChunkHeader header, out ChunkStream? stream)
    {
        if (_streams.TryGetValue(header.ChunkStreamId, out stream)) return true;
        if (header.Format != 0 && header.Format != 1) return Fail(RtmpCloseReason.MalformedChunk);
        if (_streams.Count >= MaxChunkStreams) return Fail(RtmpCloseReason.TooManyChunkStreams);
        // Some encoders open a chunk stream with a header of format 1: message stream 0 then, and the delta is the time.
        _streams[header.ChunkStreamId] = stream = new ChunkStream();
        return true;
    }

    private bool Begin(ChunkStream stream, in ChunkHeader header)
    {
        int length = _headerLength;
        _headerLength = 0;
        bool continues = header.Format == 3 && stream.Message is not null;
        uint extended = length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(length - 4)) : 0;
        if (!continues)
        {
            if (stream.Message is not null) Drop(stream);
            stream.Start(header, extended);
            if (stream.Length > maxMessageLength) return Fail(RtmpCloseReason.MessageTooLarge);
            stream.Message = pool.Rent(Math.Min(stream.Length, FirstRent));
        }

        _current = stream;
        _chunkRest = Math.Min(ChunkSize, stream.Length - stream.Received);
        // Some encoders leave the extended timestamp out of continuations: its four bytes are then payload.
        if (continues && stream.IsExtended && extended != stream.ExtendedField) return TakeBack();
        return true;
    }

    // Four bytes that were read as an extended timestamp are payload and perhaps, at the end of a chunk, what follows it.
    private bool TakeBack()
    {
        int at = ChunkHeader.BasicLength(_header[0]);
        int payload = Math.Min(4, _chunkRest);
        if (!Append(_current!, _header.AsSpan(at, payload))) return false;
        KeepForReplay(_header.AsSpan(at + payload, 4 - payload));
        return true;
    }

    private void KeepForReplay(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        bytes.CopyTo(_replay);
        _replayLength = bytes.Length;
    }

    private bool ReadPayload(ref ReadOnlySpan<byte> data, out RtmpMessage message)
    {
        message = default;
        ChunkStream stream = _current!;
        int take = Math.Min(_chunkRest, data.Length);
        if (!Append(stream, data[..take])) return false;
        data = data[take..];
        if (_chunkRest > 0) return false;
        _current = null;
        if (stream.Received < stream.Length) return false;
        message = new RtmpMessage(stream.Type, stream.Timestamp, stream.StreamId, stream.Message!, stream.Length);
        _buffered -= stream.Received;
        stream.Message = null;
        stream.Received = 0;
        return true;
    }

    private bool Append(ChunkStream stream, ReadOnlySpan<byte> bytes)
    {
        int end = stream.Received + bytes.Length;
        if (end > stream.Message!.Capacity) Grow(stream, end);
        bytes.CopyTo(stream.Message.Array.AsSpan(stream.Received));
        stream.Received = end;
        _chunkRest -= bytes.Length;
        _buffered += bytes.Length;
        return _buffered <= 2L * maxMessageLength || Fail(RtmpCloseReason.MessageTooLarge);
    }

    private void Grow(ChunkStream stream, int needed)
    {
        PooledBuffer old = stream.Message!;
        PooledBuffer larger = pool.Rent(Math.Max(needed, Math.Min(stream.Length, old.Capacity * 2)));
        old.Array.AsSpan(0, stream.Received).CopyTo(larger.Array);
        stream.Message = larger;
        old.Dispose();
    }

    private void Drop(ChunkStream stream)
    {
        stream.Message!.Dispose();
        stream.Message = null;
        _buffered -= stream.Received;
        stream.Received = 0;
        Abandoned++;
    }

    private bool Fail(RtmpCloseReason reason)
    {
        Fault = reason;
        return false;
    }
}
