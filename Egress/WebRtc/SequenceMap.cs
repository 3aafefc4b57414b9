using Media;
using Media.Rtp;
using Media.Rtp.Payloads;

namespace Egress.WebRtc;

/// <summary>
/// One run of a viewer's sequence numbers that follows one source without a break. What a viewer asks for again is found
/// in the source's history, and gets the timestamp that it had.
/// </summary>
/// <param name="Start">First outgoing sequence number, not wrapped.</param>
/// <param name="SourceStart">The source's number of the same packet.</param>
/// <param name="TimestampShift">Added to the source's timestamp.</param>
/// <param name="Rewriter">Writes the run's packets, now and when they are sent again.</param>
/// <param name="Pictures">What is added to the picture numbers in the payload.</param>
internal readonly record struct SequenceRun(
    long Start, PacketHistory History, long SourceStart, uint TimestampShift, RtpRewriter Rewriter, Codec Codec, PictureShift Pictures,
    bool IsLive = true)
{
    public long ToSource(long outgoing) => SourceStart + (outgoing - Start);

    public long ToOutgoing(long source) => Start + (source - SourceStart);

    public uint TimestampOf(in RtpPacket packet) => (uint)packet.Timestamp + TimestampShift;

    public int Write(Span<byte> room, in RtpPacket packet, in RtpWireFields fields)
    {
        int length = Rewriter.Write(room, packet, fields);
        Pictures.Apply(Codec, room[Rewriter.HeaderLength..length]);
        return length;
    }

    /// <summary>Writes the same packet as a retransmission, with its own sequence number.</summary>
    public int WriteRtx(Span<byte> room, in RtpPacket packet, in RtpWireFields fields, ushort originalSequenceNumber)
    {
        int length = Rewriter.WriteRtx(room, packet, fields, originalSequenceNumber);
        Pictures.Apply(Codec, room[(Rewriter.HeaderLength + RtpRewriter.RtxOverhead)..length]);
        return length;
    }
}

/// <summary>The last runs of a viewer's sequence numbers, newest first to be found.</summary>
internal sealed class SequenceMap
{
    private const int Capacity = 16;

    private SequenceRun[] _runs = new SequenceRun[1]; // a viewer of a steady source has one or two runs
    private long _count;

    /// <summary>The run that packets are sent in now; only after the first <see cref="Begin"/>.</summary>
    public ref readonly SequenceRun Current => ref _runs[(_count - 1) % _runs.Length];

    public bool IsEmpty => _count == 0;

    public void Begin(in SequenceRun run)
    {
        if (_count == _runs.Length && _runs.Length < Capacity) Array.Resize(ref _runs, 2 * _runs.Length);
        _runs[_count++ % _runs.Length] = run;
    }

    public bool TryFind(long outgoing, out SequenceRun run)
    {
        for (long i = _count - 1; i >= Math.Max(0, _count - _runs.Length); i--)
        {
            run = _runs[i % _runs.Length];
            if (run.Start <= outgoing) return true;
        }

        run = default;
        return false;
    }
}
