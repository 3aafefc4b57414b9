using Media.Rtp;
using Media.Scheduling;
using Protocols.Rtcp;
using Protocols.Srtp;

namespace Protocols.Rtp;

/// <summary>
/// What one source has sent: which numbers came, how many are missing, how even they arrive (RFC 3550 §6.4, A.1, A.3, A.8).
/// Retransmissions fill holes without being counted: a report tells what the path did.
/// </summary>
public sealed class ReceiveStream
{
    // RFC 3550 A.1 has 3000 and 100. Late packets count as late for longer, since what was asked for again comes late.
    private const int MaxDropout = 3000;
    private const int MaxMisorder = 1000;
    private const int Window = 4096;
    private const long FirstCycle = 1 << 16; // so that packets before the first one have positive numbers too

    private ReplayWindow _seen = new(Window);
    private long _base;
    private long _received;
    private long _expectedPrior;
    private long _receivedPrior;
    private int _jumpTo = -1;
    private uint _jitter;
    private uint _lastTransit;
    private bool _hasTransit;
    private uint _lastReport;
    private long _lastReportAt;

    internal ReceiveStream(uint ssrc) => Ssrc = ssrc;

    public uint Ssrc { get; }

    /// <summary>Since the last restart.</summary>
    public long PacketsLost => Math.Max(0, Expected - _received);

    public long PacketsReceived { get; private set; }

    /// <summary>Holes that a retransmission has filled.</summary>
    public long PacketsRecovered { get; private set; }

    public long Duplicates { get; private set; }

    /// <summary>Packets far from the others, of which the second in a row makes a restart.</summary>
    public long Jumps { get; private set; }

    public long Restarts { get; private set; }

    /// <summary>In ticks of the RTP clock.</summary>
    public uint Jitter => _jitter >> 4;

    internal bool IsStarted => _seen.Highest >= 0;

    /// <summary>Extended number of the newest packet; starts in the second cycle.</summary>
    internal long Highest => _seen.Highest;

    private long Expected => IsStarted ? Highest - _base + 1 : 0;

    internal Arrival OnPacket(ushort number, uint timestamp, int clockRate, long now, out long extended)
    {
        Arrival arrival = Place(number, out extended);
        if (arrival > Arrival.Restarted) return arrival;
        _received++;
        PacketsReceived++;
        MeasureJitter(timestamp, clockRate, now);
        return arrival;
    }

    /// <summary>A packet that came by another way than its own number, and so says nothing about the path.</summary>
    internal Arrival OnRetransmission(ushort number, out long extended)
    {
        extended = SequenceNumber.Extend(number, Highest);
        if (!IsStarted || extended > Highest || extended <= Highest - MaxMisorder) return Arrival.TooOld;
        if (!_seen.IsFresh(extended))
        {
            Duplicates++;
            return Arrival.Duplicate;
        }

        _seen.Add(extended);
        PacketsRecovered++;
        return Arrival.Late;
    }

    internal void OnSenderReport(in SenderInfo info, long now)
    {
        _lastReport = info.CompactNtpTime;
        _lastReportAt = now;
    }

    /// <summary>RFC 3550 A.3; the fraction counts from the report before.</summary>
    internal ReportBlock Report(long now)
    {
        long expectedInterval = Expected - _expectedPrior;
        long lostInterval = expectedInterval - (_received - _receivedPrior);
        _expectedPrior = Expected;
        _receivedPrior = _received;
        long fraction = expectedInterval <= 0 || lostInterval <= 0 ? 0 : Math.Min(255, (lostInterval << 8) / expectedInterval);
        long delay = _lastReport == 0 ? 0 : (now - _lastReportAt) * (1 << 16) / MonotonicClock.TicksPerSecond;
        return new ReportBlock(
            Ssrc, (byte)fraction, (int)Math.Clamp(Expected - _received, -0x80_0000, 0x7F_FFFF), (uint)(Highest - FirstCycle), Jitter,
            _lastReport, (uint)Math.Min(delay, uint.MaxValue));
    }

    private Arrival Place(ushort number, out long extended)
    {
        if (!IsStarted)
        {
            extended = Begin(number);
            return Arrival.Newest;
        }

        extended = SequenceNumber.Extend(number, Highest);
        long ahead = extended - Highest;
        if (ahead is > MaxDropout or < -MaxMisorder) return Jump(number, ref extended);
        _jumpTo = -1;
        if (!_seen.IsFresh(extended))
        {
            Duplicates++;
            return Arrival.Duplicate;
        }

        _seen.Add(extended);
        _base = Math.Min(_base, extended);
        return ahead > 0 ? Arrival.Newest : Arrival.Late;
    }

    // RFC 3550 A.1: a sender that really began anew goes on from there; a stray packet does not.
    private Arrival Jump(ushort number, ref long extended)
    {
        Jumps++;
        bool isSecond = number == _jumpTo;
        _jumpTo = (ushort)(number + 1);
        if (!isSecond) return Arrival.Jumped;
        Restarts++;
        _seen = new ReplayWindow(Window);
        extended = Begin(number);
        return Arrival.Restarted;
    }

    private long Begin(ushort number)
    {
        long first = FirstCycle + number;
        _seen.Add(first);
        _base = first;
        _received = _expectedPrior = _receivedPrior = 0;
        _jumpTo = -1;
        _hasTransit = false;
        return first;
    }

    // RFC 3550 A.8, in sixteenths of a tick
    private void MeasureJitter(uint timestamp, int clockRate, long now)
    {
        uint arrival = (uint)(long)((Int128)now * clockRate / MonotonicClock.TicksPerSecond);
        uint transit = arrival - timestamp;
        if (_hasTransit)
        {
            long difference = Math.Abs((long)(int)(transit - _lastTransit));
            _jitter = (uint)(_jitter + difference - ((_jitter + 8) >> 4));
        }

        _lastTransit = transit;
        _hasTransit = true;
    }
}

/// <summary>What became of a packet's number; what comes after <see cref="Restarted"/> is not taken.</summary>
internal enum Arrival
{
    Newest,
    Late,
    Restarted,
    Duplicate,
    TooOld,
    Jumped,
}
