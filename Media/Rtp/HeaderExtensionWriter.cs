using System.Buffers.Binary;

namespace Media.Rtp;

/// <summary>
/// Appends header extension elements in the one-byte form (RFC 8285 §4.2) to a packet whose fixed header is already
/// written: ids 1 to 14, 1 to 16 bytes each. Nothing is written where nothing is added.
/// </summary>
public ref struct HeaderExtensionWriter(Span<byte> packet, int headerLength = RtpHeader.FixedLength)
{
    private readonly Span<byte> _packet = packet;
    private readonly int _start = headerLength;
    private int _at = headerLength + 4;

    public void Add(int id, scoped ReadOnlySpan<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(id, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(id, 14);
        ArgumentOutOfRangeException.ThrowIfZero(data.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(data.Length, 16);
        _packet[_at++] = (byte)((id << 4) | (data.Length - 1));
        data.CopyTo(_packet[_at..]);
        _at += data.Length;
    }

    public void AddUInt16(int id, ushort value)
    {
        Span<byte> data = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(data, value);
        Add(id, data);
    }

    public void AddUInt24(int id, uint value) => Add(id, [(byte)(value >> 16), (byte)(value >> 8), (byte)value]);

    /// <summary>Pads to 32 bits, writes the extension's own header and returns where the payload begins.</summary>
    public int Finish()
    {
        if (_at == _start + 4) return _start;
        while ((_at - _start) % 4 != 0) _packet[_at++] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(_packet[_start..], HeaderExtensions.OneByteProfile);
        BinaryPrimitives.WriteUInt16BigEndian(_packet[(_start + 2)..], (ushort)((_at - _start - 4) / 4));
        RtpHeader.MarkExtended(_packet);
        return _at;
    }
}
