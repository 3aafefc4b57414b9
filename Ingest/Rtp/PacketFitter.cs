using System.Collections.Immutable;
using Media;
using Media.Buffers;
using Media.Rtp;
using Media.Rtp.Payloads;
using Protocols.WebRtc;

namespace Ingest.Rtp;

/// <summary>
/// Makes packets fit for those who get them as they are: what is too large for a protected datagram is cut in two, and
/// parameter sets that only the description has stand before each keyframe. One loop.
/// </summary>
internal sealed class PacketFitter(ImmutableArray<ImmutableArray<byte>> parameterSets, BufferPool? pool = null) : IDisposable
{
    /// <summary>What a viewer's datagram holds beside header, header extensions (20) and the number of a retransmission (2).</summary>
    public const int MaxPayload = WebRtcSession.MaxForwardedRtpLength - RtpHeader.FixedLength - 20 - 2;

    /// <summary>Holes that are kept wide enough for what may come late.</summary>
    private const int MostReserved = 32;

    private const int CutsFor = 256;

    private readonly BufferPool _pool = pool ?? BufferPool.Shared;
    private readonly InsertedNumbers _numbers = new();
    private readonly RtpPacket[] _fitted = new RtpPacket[4];
    private PooledBuffer? _parts;
    private PooledBuffer? _sets;
    private Codec? _setsOf;
    private long _highest = -1;
    private long _cutAt = long.MinValue / 2;
    private bool _hasSetsInBand;

    /// <summary>Packets that were cut in two.</summary>
    public long Cut { get; private set; }

    /// <summary>Packets that are too large and can't be cut: they are passed on as they are.</summary>
    public long TooLarge { get; private set; }

    /// <summary>Another source: what the last one did says nothing.</summary>
    public void Restart() => _hasSetsInBand = false;

    /// <summary>The packets to pass on for one; borrowed until the next call.</summary>
    public ReadOnlySpan<RtpPacket> Fit(in RtpPacket packet, Codec codec)
    {
        Release();
        int count = 0;
        long number;
        bool isNewest = packet.SequenceNumber > _highest;
        if (isNewest)
        {
            ReserveFor(packet.SequenceNumber);
            _highest = packet.SequenceNumber;
            number = _numbers.Map(packet.SequenceNumber, out _);
            if (packet.StartsKeyframe && NeedsSets(packet, codec)) _fitted[count++] = SetsBefore(packet);
            bool isCut = TryCut(packet, codec, ref count);
            if (!isCut) _fitted[count++] = packet;
            if (isCut) _cutAt = packet.SequenceNumber;
            if (count > 1) _numbers.Insert(packet.SequenceNumber, count - 1);
        }
        else
        {
            number = _numbers.Map(packet.SequenceNumber, out int more);
            if (more == 0 || !TryCut(packet, codec, ref count)) _fitted[count++] = packet;
            while (count <= Math.Min(more, _fitted.Length - 1)) _fitted[count++] = packet with { Length = 0, PrefixLength = 0, StartsKeyframe = false, Marker = false };
        }

        for (int i = 0; i < count; i++) _fitted[i] = _fitted[i] with { SequenceNumber = number + i };
        return _fitted.AsSpan(0, count);
    }

    public void Dispose()
    {
        Release();
        _sets?.Dispose();
        _sets = null;
    }

    // Of a stream that has large packets a missing one may be large, too.
    private void ReserveFor(long number)
    {
        if (_highest < 0 || number - _cutAt > CutsFor || number - _highest - 1 > MostReserved) return;
        for (long missing = _highest + 1; missing < number; missing++) _numbers.Insert(missing, 1);
    }

    private bool NeedsSets(in RtpPacket packet, Codec codec)
    {
        if (_hasSetsInBand || parameterSets.IsEmpty) return false;
        _hasSetsInBand = ParameterSetPayloads.AreIn(codec, packet.Slice);
        if (_hasSetsInBand) return false;
        if (_setsOf != codec)
        {
            _setsOf = codec;
            _sets?.Dispose();
            byte[] payload = ParameterSetPayloads.Write(codec, parameterSets, MaxPayload);
            _sets = payload.Length == 0 ? null : _pool.RentCopy(payload);
        }

        return _sets is not null;
    }

    private RtpPacket SetsBefore(in RtpPacket packet) =>
        packet with { Buffer = _sets!, Offset = 0, Length = _sets!.Length, Prefix = 0, PrefixLength = 0, Marker = false };

    private bool TryCut(in RtpPacket packet, Codec codec, ref int count)
    {
        if (packet.PayloadLength <= MaxPayload) return false;
        PooledBuffer parts = _pool.Rent(packet.Length + PayloadCutter.MaxOverhead);
        if (!PayloadCutter.TryCut(codec, packet.Slice, parts.Span, out int first, out int second))
        {
            parts.Dispose();
            TooLarge++;
            return false;
        }

        Cut++;
        _parts = parts;
        _fitted[count++] = packet with { Buffer = parts, Offset = 0, Length = first, Marker = false };
        _fitted[count++] = packet with { Buffer = parts, Offset = first, Length = second, StartsKeyframe = false };
        return true;
    }

    private void Release()
    {
        _parts?.Dispose();
        _parts = null;
    }
}
