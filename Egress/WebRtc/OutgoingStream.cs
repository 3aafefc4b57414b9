using System.Buffers.Binary;
using Media;
using Media.Rtp;
using Media.Rtp.Payloads;
using Media.Scheduling;
using Protocols.Rtcp;
using Rooms;
using Rooms.Tracks;

namespace Egress.WebRtc;

/// <summary>
/// One viewer's RTP stream of one medium: continuous sequence numbers whatever source is behind them, and every packet
/// again on demand with the timestamp that it had. Loop of the viewer's session only.
/// </summary>
internal sealed class OutgoingStream
{
    /// <summary>What a publisher has not sent again by then, it will not.</summary>
    private const long AwaitedFor = MonotonicClock.TicksPerSecond;
    private const int MostAwaited = 512;

    /// <summary>Ordinary losses are repaired in a few round trips; who still asks after this heard nothing at all meanwhile.</summary>
    private const long ShortestOutage = MonotonicClock.TicksPerSecond;
    private const int RoundTripsOfRepair = 4;

    /// <summary>3 % of 256: from here on repairs are sent twice.</summary>
    private const int LossyLine = 8;

    private readonly IRtpOutput _output;
    private readonly SequenceMap _map = new();
    private readonly RetransmissionBudget _budget = new();
    private RtpRewriter _rewriter; // of the run that begins next
    private readonly byte[] _head = new byte[PictureShift.HeadLength]; // of the newest payload, as it was sent
    private uint _timestampOffset;
    private long _ahead;
    private uint _lastTimestamp;
    private long _lastSent = long.MinValue;
    private long _next;
    private ushort _nextRtx;
    private uint _octets;
    private long _roundTrip;
    private int _fractionLost;
    private long _neededFrom = long.MinValue; // a keyframe follows: what was sent before is of no use any more

    public OutgoingStream(RtpStreamParameters parameters, IRtpOutput output, Random random)
        : this(new RtpRewriter(parameters), output, random)
    {
    }

    /// <param name="format">The one to begin with.</param>
    public OutgoingStream(RtpRewriter format, IRtpOutput output, Random random)
    {
        _output = output;
        _rewriter = format;
        _timestampOffset = (uint)random.NextInt64(1L << 32);
        // In the lower half, so that a lost first packet can't confuse the roll-over count (RFC 3711 §3.3.1).
        _next = random.Next(1, 1 << 15);
        _nextRtx = (ushort)random.Next(1, 1 << 15);
    }

    public RtpStreamParameters Parameters => _rewriter.Parameters;

    /// <summary>
    /// A packet may be sent again as it was, where the viewer takes no RTX. False under AEAD ciphers, which must not use
    /// an index twice (RFC 7714 §8).
    /// </summary>
    public bool MayResend { get; set; }

    public long Packets { get; private set; }

    public long Bytes { get; private set; }

    public long Retransmitted { get; private set; }

    /// <summary>Packets that the session had no room for.</summary>
    public long Dropped { get; private set; }

    /// <summary>Number of the newest keyframe's first packet: nothing older is of use to the viewer.</summary>
    public long LastKeyframe { get; private set; } = -1;

    /// <summary>Packets that the viewer says never arrived.</summary>
    public int Lost { get; private set; }

    /// <summary>The newest source timestamp that was sent, without the shift of a burst; <see cref="long.MinValue"/> = none yet.</summary>
    public long NewestTimestamp { get; private set; } = long.MinValue;

    /// <summary>False while the first packet of a source with a time of its own is awaited: what it is sent as shows then.</summary>
    public bool IsTimeKnown { get; private set; } = true;

    /// <summary>
    /// The next run is in that format; what was sent before is still sent again as it was. A format of another clock rate
    /// begins a time of its own.
    /// </summary>
    public void Use(RtpRewriter format)
    {
        if (format == _rewriter) return;
        if (format.Parameters.ClockRate != Parameters.ClockRate) PlaceAnew();
        _rewriter = format;
    }

    /// <summary>
    /// The next run's source has a time of its own: it is sent as if it were this one's, so that the viewer sees time go on.
    /// </summary>
    public void PlaceAnew()
    {
        IsTimeKnown = _lastSent == long.MinValue;
        NewestTimestamp = long.MinValue;
    }

    /// <summary>What follows comes from <paramref name="source"/>, its packet <paramref name="sourceStart"/> first.</summary>
    /// <param name="shift">How far it is set back in time; negative: ahead, behind what was sent before.</param>
    public void BeginRun(PacketTrack source, long sourceStart, long shift)
    {
        if (shift > 0) BeginAnew();
        if (!IsTimeKnown) Place(source.History);
        _ahead = Math.Max(0, -shift);
        Codec codec = source.Format?.Codec ?? default;
        _map.Begin(new SequenceRun(
            _next, source.History, sourceStart, _timestampOffset - (uint)shift, _rewriter, codec, PicturesOf(source.History, sourceStart, codec),
            IsLive: shift <= 0));
    }

    /// <summary>A keyframe comes next: nothing that was sent before is sent again.</summary>
    public void BeginAnew() => _neededFrom = _next;

    /// <summary>Sends a packet of the current run.</summary>
    public void Send(in RtpPacket packet)
    {
        ref readonly SequenceRun run = ref _map.Current;
        if (packet.SequenceNumber < run.SourceStart) return; // late, and from before this viewer's beginning
        long number = run.ToOutgoing(packet.SequenceNumber);
        bool isNewest = number >= _next;
        if (isNewest) _next = number + 1;
        if (packet.StartsKeyframe) LastKeyframe = number;
        NewestTimestamp = Math.Max(NewestTimestamp, packet.Timestamp + _ahead);
        RtpRewriter rewriter = run.Rewriter;
        Span<byte> room = _output.Reserve(rewriter.HeaderLength + packet.PayloadLength);
        if (room.IsEmpty)
        {
            Dropped++;
            return;
        }

        uint timestamp = run.TimestampOf(packet);
        int length = run.Write(room, packet, FieldsOf(rewriter, (ushort)number, timestamp));
        if (isNewest) Remember(room[rewriter.HeaderLength..length], timestamp);
        _output.Commit(length);
        Packets++;
        Bytes += length;
        _octets += (uint)packet.PayloadLength;
        _budget.OnSent(length);
    }

    /// <summary>
    /// The viewer lacks what was live so long ago that it has been cut off: with all of it sent again it would stay as far
    /// behind.
    /// </summary>
    public bool IsFromBeforeAnOutage(ReadOnlySpan<ushort> lost, long now)
    {
        foreach (ushort number in lost)
            if (IsFromBeforeAnOutage(number, now)) return true;
        return false;
    }

    private bool IsFromBeforeAnOutage(ushort sequenceNumber, long now)
    {
        long number = NumberOf(sequenceNumber);
        return number >= _neededFrom && _map.TryFind(number, out SequenceRun run) && run.IsLive
            && run.History.TryGet(run.ToSource(number), out RtpPacket packet)
            && now - packet.ArrivalTime > ShortestOutage + (RoundTripsOfRepair * _roundTrip);
    }

    /// <summary>Is one of the lost packets of the run that is being sent now?</summary>
    public bool HasSentSinceTheBurstBegan(ReadOnlySpan<ushort> lost)
    {
        foreach (ushort number in lost)
            if (!_map.IsEmpty && NumberOf(number) >= _map.Current.Start) return true;
        return false;
    }

    /// <summary>Losses are no exception on the viewer's line: repairs get lost too.</summary>
    public bool IsLineLossy => _fractionLost >= LossyLine;

    /// <summary>What the viewer reports as lost.</summary>
    /// <param name="fraction">Of 256, since its last report.</param>
    public void OnLost(byte fraction, int total)
    {
        _fractionLost = ((3 * _fractionLost) + fraction) / 4;
        Lost = Math.Max(0, total);
    }

    /// <summary>Serves a viewer that lacks a packet.</summary>
    public RetransmissionResult Retransmit(ushort sequenceNumber, long now)
    {
        long number = NumberOf(sequenceNumber);
        if (number < _neededFrom) return RetransmissionResult.NotNeeded;
        if (!_map.TryFind(number, out SequenceRun run) || !run.History.TryGet(run.ToSource(number), out RtpPacket packet))
        {
            if (IsAwaited(number)) return RetransmissionResult.Awaited;
            return number < LastKeyframe ? RetransmissionResult.NotNeeded : RetransmissionResult.Gone;
        }

        RtpRewriter rewriter = run.Rewriter;
        bool rtx = rewriter.Parameters.HasRtx;
        int length = rewriter.HeaderLength + packet.PayloadLength + (rtx ? RtpRewriter.RtxOverhead : 0);
        if (!rtx && !MayResend) return RetransmissionResult.Refused;
        if (!_budget.TryTake(number, length, now)) return RetransmissionResult.Refused;
        Span<byte> room = _output.Reserve(length);
        if (room.IsEmpty) return RetransmissionResult.Refused;
        uint timestamp = run.TimestampOf(packet);
        if (!rtx)
        {
            Resent(run.Write(room, packet, FieldsOf(rewriter, (ushort)number, timestamp)));
            return RetransmissionResult.Sent;
        }

        Resent(run.WriteRtx(room, packet, FieldsOf(rewriter, _nextRtx++, timestamp), (ushort)number));
        // On a line that loses every tenth packet so it does every tenth repair, and the picture waits a round trip more.
        if (IsLineLossy && _budget.TryTakeSecond(length) && _output.Reserve(length) is { IsEmpty: false } second)
            Resent(run.WriteRtx(second, packet, FieldsOf(rewriter, _nextRtx++, timestamp), (ushort)number));
        return RetransmissionResult.Sent;
    }

    private void Remember(ReadOnlySpan<byte> payload, uint timestamp)
    {
        (_lastTimestamp, _lastSent) = (timestamp, _output.Now);
        if (payload.Length >= _head.Length) payload[.._head.Length].CopyTo(_head);
    }

    /// <summary>Receivers order the frames of VP8 and VP9 by their picture numbers: those of another source go on behind.</summary>
    private PictureShift PicturesOf(PacketHistory history, long sourceStart, Codec codec)
    {
        if (_map.IsEmpty) return default;
        ref readonly SequenceRun before = ref _map.Current;
        if (before.History == history) return before.Pictures;
        if (before.Codec != codec || !history.TryGet(sourceStart, out RtpPacket first)) return default;
        Span<byte> payload = stackalloc byte[PictureShift.HeadLength + RtpPacket.MaxPrefixLength];
        BinaryPrimitives.WriteUInt64LittleEndian(payload, first.Prefix);
        int length = Math.Min(first.Length, PictureShift.HeadLength);
        first.Slice[..length].CopyTo(payload[first.PrefixLength..]);
        return PictureShift.Behind(codec, _head, payload[..(first.PrefixLength + length)]);
    }

    private void Resent(int length)
    {
        _output.Commit(length);
        Retransmitted++;
        Bytes += length;
    }

    /// <summary>Lost on the way to us as well: it goes out as soon as the source has sent it again.</summary>
    private bool IsAwaited(long number)
    {
        if (_map.IsEmpty || number < _map.Current.Start) return false;
        long source = _map.Current.ToSource(number);
        PacketHistory history = _map.Current.History;
        return source > history.First && source < history.Next && history.TryGet(history.Next - 1, out RtpPacket newest)
            && _output.Now - newest.ArrivalTime < AwaitedFor && history.Next - source < MostAwaited;
    }

    public void OnRoundTrip(long ticks)
    {
        _roundTrip = ticks;
        _budget.OnRoundTrip(ticks);
    }

    /// <summary>A sender report that ties the source's time to the wall clock, whatever is being sent just now.</summary>
    public SenderInfo SenderInfo(long mediaTime, ulong ntpTime) =>
        new(Parameters.Ssrc, ntpTime, (uint)mediaTime + _timestampOffset, (uint)Packets, _octets);

    /// <summary>The newest number sent so far that ends so.</summary>
    private long NumberOf(ushort sequenceNumber) => _next - 1 - (ushort)((ushort)(_next - 1) - sequenceNumber);

    private RtpWireFields FieldsOf(RtpRewriter rewriter, ushort sequenceNumber, uint timestamp) => new(
        sequenceNumber, timestamp, rewriter.NumbersTransport ? _output.NextTransportSequenceNumber() : (ushort)0,
        rewriter.TellsSendTime ? _output.Now : 0);

    /// <summary>Shifts the source's time so that its newest packet is as much later than the last one as it came later.</summary>
    private void Place(PacketHistory history)
    {
        if (!history.TryGet(history.Next - 1, out RtpPacket newest)) return;
        IsTimeKnown = true;
        uint elapsed = (uint)Timeline.FromTicks(newest.ArrivalTime - _lastSent, Parameters.ClockRate);
        _timestampOffset = _lastTimestamp + elapsed - (uint)newest.Timestamp;
    }
}

internal enum RetransmissionResult
{
    Sent,

    /// <summary>Too often or too much.</summary>
    Refused,

    /// <summary>Our source lacks it too, and is being asked for it.</summary>
    Awaited,

    /// <summary>A newer keyframe was sent, with all that came since.</summary>
    NotNeeded,

    /// <summary>Lost for good, and what was sent since depends on it.</summary>
    Gone,
}
