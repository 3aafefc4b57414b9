using System.Buffers;
using System.Buffers.Binary;

namespace Protocols.Net;

/// <summary>
/// Datagrams in a stream of bytes (RFC 4571 §2), as ICE-TCP carries STUN, DTLS, RTP and RTCP (RFC 6544 §3).
/// <code>
/// LENGTH (16 bits, big-endian, of what follows), then the datagram; a length of 0 stands for nothing
/// </code>
/// </summary>
public static class DatagramFraming
{
    public const int HeaderLength = 2;

    /// <summary>Longer ones are none that we could use: the stream is somebody else's, or garbage.</summary>
    public const int MaxDatagram = UdpEndpoint.MaxDatagram;

    /// <summary>Takes the first datagram off the data, where it is whole; empty ones are passed over.</summary>
    /// <param name="datagram">A part of <paramref name="data"/>, perhaps in several pieces.</param>
    public static FramingResult TryRead(ref ReadOnlySequence<byte> data, out ReadOnlySequence<byte> datagram)
    {
        datagram = default;
        Span<byte> header = stackalloc byte[HeaderLength];
        while (data.Length >= HeaderLength)
        {
            data.Slice(0, HeaderLength).CopyTo(header);
            int length = BinaryPrimitives.ReadUInt16BigEndian(header);
            if (length > MaxDatagram) return FramingResult.TooLong;
            if (data.Length < HeaderLength + length) return FramingResult.Incomplete;
            datagram = data.Slice(HeaderLength, length);
            data = data.Slice(datagram.End);
            if (length > 0) return FramingResult.Datagram;
        }

        return FramingResult.Incomplete;
    }

    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> datagram)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(datagram.Length, MaxDatagram);
        Span<byte> room = output.GetSpan(HeaderLength + datagram.Length);
        BinaryPrimitives.WriteUInt16BigEndian(room, (ushort)datagram.Length);
        datagram.CopyTo(room[HeaderLength..]);
        output.Advance(HeaderLength + datagram.Length);
    }
}

/// <summary>What <see cref="DatagramFraming.TryRead"/> found at the front of the stream.</summary>
public enum FramingResult
{
    /// <summary>The rest has yet to come.</summary>
    Incomplete,

    Datagram,

    /// <summary>Nothing after this can be understood.</summary>
    TooLong,
}
