using System.Buffers.Binary;
using Media.Buffers;

namespace Media.Rtp.Payloads;

/// <summary>A growing pooled buffer that a depacketizer collects one frame in.</summary>
internal sealed class FrameAssembler(BufferPool pool) : IDisposable
{
    private const int InitialSize = 32 << 10;
    private const int MaxSize = 8 << 20; // far above the largest frame seen

    private PooledBuffer? _buffer;
    private byte[] _joined = [];

    public int Length { get; private set; }

    /// <summary>The frame grew beyond all bounds: what was added since is missing.</summary>
    public bool IsOverfull { get; private set; }

    public Span<byte> Content => _buffer is null ? default : _buffer.Array.AsSpan(0, Length);

    /// <summary>The packet's payload in one piece, valid until the next call.</summary>
    public ReadOnlySpan<byte> Join(in RtpPacket packet)
    {
        if (packet.PrefixLength == 0) return packet.Slice;
        if (_joined.Length < packet.PayloadLength) _joined = new byte[packet.PayloadLength];
        return _joined.AsSpan(0, packet.CopyPayload(_joined));
    }

    public void Append(ReadOnlySpan<byte> data)
    {
        if (!EnsureRoom(data.Length)) return;
        data.CopyTo(_buffer!.Array.AsSpan(Length));
        Length += data.Length;
    }

    public void Append(byte value) => Append([value]);

    public void AppendUInt32(uint value)
    {
        Span<byte> data = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(data, value);
        Append(data);
    }

    /// <summary>Hands the buffer with the frame over and starts anew.</summary>
    public PooledBuffer Take()
    {
        PooledBuffer taken = _buffer!;
        _buffer = null;
        Length = 0;
        return taken;
    }

    public void Clear()
    {
        Length = 0;
        IsOverfull = false;
    }

    public void Dispose()
    {
        Clear();
        _buffer?.Dispose();
        _buffer = null;
    }

    private bool EnsureRoom(int more)
    {
        if (IsOverfull || more > MaxSize - Length)
        {
            IsOverfull = true;
            return false;
        }

        if (_buffer is not null && _buffer.Capacity - Length >= more) return true;
        PooledBuffer larger = pool.Rent(Math.Min(MaxSize, Math.Max(InitialSize, (Length + more) * 2)));
        Content.CopyTo(larger.Array);
        _buffer?.Dispose();
        _buffer = larger;
        return true;
    }
}
