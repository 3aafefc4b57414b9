using System.Buffers.Binary;
using System.Text;
using Media.Rtp;
using Media.Scheduling;

namespace Egress.WebRtc;

/// <summary>
/// Writes a source's packet as one viewer's: its own header in front of the shared payload. Pure; the length of the
/// header is the same for all packets.
/// </summary>
/// <remarks>
/// RFC 3550 §5.1 with the one-byte form of RFC 8285 §4.2:
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
/// |                           timestamp                           |
/// |           synchronization source (SSRC) identifier            |
/// |       0xBE    |    0xDE       |        length in words        |
/// |  ID   | len-1 |     data ...                                  |
/// </code>
/// RTX (RFC 4588 §4) has the original sequence number before the payload.
/// </remarks>
internal sealed class RtpRewriter
{
    public const int RtxOverhead = 2;

    private const int FixedHeaderLength = 12;
    private const ushort OneByteForm = 0xBEDE;
    private const int MaxOneByteId = 14;

    /// <summary>All elements together: with the largest payload a packet has 1180 bytes, and the trailer fits behind it.</summary>
    private const int MaxElementsLength = 12;

    private readonly byte[] _extensions; // as sent, the changing numbers still empty
    private readonly int _transportSequenceOffset;
    private readonly int _sendTimeOffset;

    public RtpRewriter(RtpStreamParameters stream)
    {
        Parameters = stream;
        _extensions = BuildExtensions(stream.Extensions, out _transportSequenceOffset, out _sendTimeOffset);
    }

    public RtpStreamParameters Parameters { get; }

    public int HeaderLength => FixedHeaderLength + _extensions.Length;

    /// <summary>True where each packet carries a transport-wide sequence number.</summary>
    public bool NumbersTransport => _transportSequenceOffset > 0;

    /// <summary>True where each packet carries the time at which it is sent.</summary>
    public bool TellsSendTime => _sendTimeOffset > 0;

    /// <summary>Writes header and payload; the destination must hold both. Returns the length.</summary>
    public int Write(Span<byte> destination, in RtpPacket packet, in RtpWireFields fields)
    {
        WriteHeader(destination, Parameters.PayloadType, Parameters.Ssrc, packet.Marker, fields);
        int length = HeaderLength;
        return length + packet.CopyPayload(destination[length..]);
    }

    /// <summary>Writes the same packet as a retransmission, with its own sequence number.</summary>
    public int WriteRtx(Span<byte> destination, in RtpPacket packet, in RtpWireFields fields, ushort originalSequenceNumber)
    {
        WriteHeader(destination, Parameters.RtxPayloadType, Parameters.RtxSsrc, packet.Marker, fields);
        int length = HeaderLength;
        BinaryPrimitives.WriteUInt16BigEndian(destination[length..], originalSequenceNumber);
        length += RtxOverhead;
        return length + packet.CopyPayload(destination[length..]);
    }

    private void WriteHeader(Span<byte> header, byte payloadType, uint ssrc, bool marker, in RtpWireFields fields)
    {
        bool extended = _extensions.Length > 0;
        header[0] = (byte)(extended ? 0x90 : 0x80);
        header[1] = (byte)(payloadType | (marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], fields.SequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], fields.Timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], ssrc);
        if (!extended) return;
        Span<byte> extensions = header[FixedHeaderLength..];
        _extensions.CopyTo(extensions);
        if (NumbersTransport)
            BinaryPrimitives.WriteUInt16BigEndian(extensions[_transportSequenceOffset..], fields.TransportSequenceNumber);
        if (TellsSendTime) WriteSendTime(extensions[_sendTimeOffset..], fields.SendTime);
    }

    /// <summary>Seconds in 24 bits, 18 of them behind the point.</summary>
    private static void WriteSendTime(Span<byte> destination, long ticks)
    {
        long value = (long)((Int128)ticks * (1 << 18) / MonotonicClock.TicksPerSecond);
        destination[0] = (byte)(value >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)value);
    }

    private static byte[] BuildExtensions(RtpHeaderExtensions extensions, out int transportSequenceOffset, out int sendTimeOffset)
    {
        var elements = new List<byte> { OneByteForm >> 8, OneByteForm & 0xFF, 0, 0 };
        int start = elements.Count;
        transportSequenceOffset = 0;
        if (Fits(extensions.TransportSequenceId))
        {
            transportSequenceOffset = elements.Count + 1;
            Add(elements, extensions.TransportSequenceId, [0, 0]);
        }

        sendTimeOffset = 0;
        if (Fits(extensions.AbsoluteSendTimeId))
        {
            sendTimeOffset = elements.Count + 1;
            Add(elements, extensions.AbsoluteSendTimeId, [0, 0, 0]);
        }

        if (Fits(extensions.PlayoutDelayId) && extensions.PlayoutDelay is { } delay)
        {
            int value = (delay.MinUnits << 12) | delay.MaxUnitsOfDelay;
            Add(elements, extensions.PlayoutDelayId, [(byte)(value >> 16), (byte)(value >> 8), (byte)value]);
        }

        // Receivers find the section by the source as well, so a long name is left out.
        byte[] mid = Encoding.ASCII.GetBytes(extensions.Mid);
        bool midFits = elements.Count - start + 1 + mid.Length <= MaxElementsLength;
        if (Fits(extensions.MidId) && mid.Length > 0 && midFits) Add(elements, extensions.MidId, mid);

        if (elements.Count == start) return [];
        while (elements.Count % 4 != 0) elements.Add(0);
        elements[3] = (byte)((elements.Count - start) / 4);
        return [.. elements];
    }

    private static bool Fits(byte id) => id is > 0 and <= MaxOneByteId;

    private static void Add(List<byte> elements, byte id, ReadOnlySpan<byte> data)
    {
        elements.Add((byte)((id << 4) | (data.Length - 1)));
        foreach (byte b in data) elements.Add(b);
    }
}

/// <summary>The header fields that differ from packet to packet.</summary>
/// <param name="SendTime">Monotonic time in ticks of 100 ns.</param>
internal readonly record struct RtpWireFields(
    ushort SequenceNumber, uint Timestamp, ushort TransportSequenceNumber = 0, long SendTime = 0);
