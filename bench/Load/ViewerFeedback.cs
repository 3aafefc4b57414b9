using System.Buffers.Binary;
using Bench.Shared;
using Media.Rtp;
using Protocols.Rtcp;
using Protocols.WebRtc;

namespace Bench.Load;

/// <summary>What a browser reports: a receiver report each second, arrival times each 100 ms.</summary>
internal sealed class ViewerFeedback(InMemoryPeer peer)
{
    private const uint Ssrc = 0x7E57;
    private const long ReportInterval = TimeSpan.TicksPerSecond;
    private const long ArrivalInterval = 100 * TimeSpan.TicksPerMillisecond;
    private const long TicksPerUnit = 250 * TimeSpan.TicksPerMicrosecond; // of transport feedback

    private readonly long[] _arrivals = new long[TransportFeedbackBuilder.MaxStatuses];
    private readonly byte[] _compound = new byte[1100];
    private int _arrived;
    private int _count;
    private ushort _base;
    private byte _feedbacks;
    private uint _media;
    private long _first = -1;
    private long _highest = -1;
    private long _received;
    private long _packets;
    private long _nextReport;
    private long _nextArrivals;

    /// <summary>Since <see cref="BeginCounting"/>.</summary>
    public long Packets => _packets;

    public long Lost => _first < 0 ? 0 : Math.Max(0, _highest - _first + 1 - _received);

    public void BeginCounting()
    {
        (_packets, _received, _first) = (0, 0, -1);
    }

    public void OnPacket(in RtpHeader header, ReadOnlySpan<byte> packet, long now)
    {
        _packets++;
        _received++;
        _media = header.Ssrc;
        long number = _highest < 0 ? 65536 + header.SequenceNumber : SequenceNumber.Extend(header.SequenceNumber, _highest);
        _highest = Math.Max(_highest, number);
        if (_first < 0) (_first, _highest) = (number, number);
        if (header.Extensions(packet).TryGet(ViewerOffer.TransportCcExtension, out ReadOnlySpan<byte> transport) && transport.Length == sizeof(ushort))
            OnArrival(BinaryPrimitives.ReadUInt16BigEndian(transport), now);
    }

    public void Advance(long now)
    {
        if (_first < 0) return;
        if (now >= _nextReport)
        {
            _nextReport = now + ReportInterval;
            var writer = new RtcpWriter(_compound);
            writer.WriteReceiverReport(Ssrc, [new ReportBlock(_media, 0, (int)Lost, (uint)_highest, 0, 0, 0)]);
            peer.SendRtcp(writer.Written);
        }

        if (now < _nextArrivals || _arrived == 0) return;
        _nextArrivals = now + ArrivalInterval;
        SendArrivals();
    }

    private void OnArrival(ushort number, long now)
    {
        if (_count == 0) _base = number;
        int index = (ushort)(number - _base);
        if (index >= _arrivals.Length)
        {
            if (index > short.MaxValue) return; // from before the last report
            SendArrivals();
            (_base, index) = (number, 0);
        }

        while (_count <= index) _arrivals[_count++] = -1;
        _arrivals[index] = now / TicksPerUnit;
        _arrived++;
    }

    private void SendArrivals()
    {
        var writer = new RtcpWriter(_compound);
        if (TransportFeedbackBuilder.TryWrite(ref writer, Ssrc, _media, _base, _feedbacks, _arrivals.AsSpan(0, _count)))
        {
            _feedbacks++;
            peer.SendRtcp(writer.Written);
        }

        (_count, _arrived) = (0, 0);
    }
}
