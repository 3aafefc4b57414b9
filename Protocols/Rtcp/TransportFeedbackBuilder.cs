using System.Buffers.Binary;

namespace Protocols.Rtcp;

/// <summary>
/// Writes a transport feedback packet from arrival times in ascending order of sequence number, as a receiver of media
/// does every 50 to 100 ms.
/// </summary>
public static class TransportFeedbackBuilder
{
    /// <summary>More would not fit one datagram in the worst case.</summary>
    public const int MaxStatuses = 400;

    /// <param name="arrivals">
    /// Time in units of 250 us per packet, or -1 for one that did not arrive; the first is that of
    /// <paramref name="baseSequenceNumber"/>. At least one must have arrived.
    /// </param>
    /// <returns>False if it does not fit, or a gap between arrivals is too long for a delta (8 s).</returns>
    public static bool TryWrite(
        ref RtcpWriter writer, uint senderSsrc, uint mediaSsrc, ushort baseSequenceNumber, byte feedbackCount, scoped ReadOnlySpan<long> arrivals)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arrivals.Length, MaxStatuses);
        Span<byte> statuses = stackalloc byte[arrivals.Length];
        Span<short> deltas = stackalloc short[arrivals.Length];
        int first = arrivals.IndexOfAnyInRange(0, long.MaxValue);
        ArgumentOutOfRangeException.ThrowIfNegative(first, nameof(arrivals));
        long reference = arrivals[first] / TransportFeedback.DeltasPerReference;
        if (!TryMeasure(arrivals, reference, statuses, deltas, out int deltaLength)) return false;

        int chunks = (arrivals.Length + PacketStatusChunk.SymbolsPerVector - 1) / PacketStatusChunk.SymbolsPerVector;
        int length = (TransportFeedback.HeaderLength + (2 * chunks) + deltaLength + 3) & ~3;
        Span<byte> body = writer.Append(RtcpPacketType.TransportFeedback, TransportFeedback.Format, length);
        if (body.IsEmpty) return false;
        BinaryPrimitives.WriteUInt32BigEndian(body, senderSsrc);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], mediaSsrc);
        BinaryPrimitives.WriteUInt16BigEndian(body[8..], baseSequenceNumber);
        BinaryPrimitives.WriteUInt16BigEndian(body[10..], (ushort)arrivals.Length);
        BinaryPrimitives.WriteUInt32BigEndian(body[12..], ((uint)reference << 8) | feedbackCount);
        WriteChunksAndDeltas(body[TransportFeedback.HeaderLength..], statuses, deltas);
        return true;
    }

    private static bool TryMeasure(
        ReadOnlySpan<long> arrivals, long reference, Span<byte> statuses, Span<short> deltas, out int length)
    {
        length = 0;
        long last = reference * TransportFeedback.DeltasPerReference;
        for (int i = 0; i < arrivals.Length; i++)
        {
            if (arrivals[i] < 0) continue;
            long delta = arrivals[i] - last;
            if (delta is < short.MinValue or > short.MaxValue) return false;
            last = arrivals[i];
            deltas[i] = (short)delta;
            statuses[i] = (byte)(delta is >= 0 and <= 255 ? PacketStatusChunk.SmallDelta : PacketStatusChunk.LargeDelta);
            length += statuses[i];
        }

        return true;
    }

    private static void WriteChunksAndDeltas(Span<byte> destination, ReadOnlySpan<byte> statuses, ReadOnlySpan<short> deltas)
    {
        for (int i = 0; i < statuses.Length; i += PacketStatusChunk.SymbolsPerVector, destination = destination[2..])
        {
            int count = Math.Min(PacketStatusChunk.SymbolsPerVector, statuses.Length - i);
            BinaryPrimitives.WriteUInt16BigEndian(destination, PacketStatusChunk.Vector(statuses.Slice(i, count)).ToBits());
        }

        for (int i = 0; i < statuses.Length; destination = destination[statuses[i++]..])
        {
            if (statuses[i] == PacketStatusChunk.SmallDelta)
                destination[0] = (byte)deltas[i];
            else if (statuses[i] == PacketStatusChunk.LargeDelta)
                BinaryPrimitives.WriteInt16BigEndian(destination, deltas[i]);
        }
    }
}
