using System.Buffers.Binary;
using Media.Rtp;

namespace Protocols.Srtp;

/// <summary>
/// SRTP and SRTCP of one direction: session keys, roll-over counters and replay windows (RFC 3711, RFC 7714). Owned by
/// the session's loop. Source and destination of a call are either the same memory or do not overlap.
/// </summary>
public sealed class SrtpContext : IDisposable
{
    private const int MaxStreams = 1024;
    private const long LastRtpIndex = (1L << 48) - 1;
    private const long LastRtcpIndex = (1L << 31) - 1;
    private const uint EncryptedFlag = 0x8000_0000; // RFC 3711 §3.4
    private const int RtcpHeaderLength = 8;

    private readonly SrtpCipher _rtp;
    private readonly SrtpCipher _rtcp;
    private readonly Dictionary<uint, SrtpStream> _streams = [];
    private uint _lastSsrc;
    private SrtpStream? _lastStream;
    private long _nextRtcpIndex;
    private bool _isDisposed;

    public SrtpContext(SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt)
        : this(SrtpKernels.Current, profile, masterKey, masterSalt)
    {
    }

    internal SrtpContext(SrtpKernels kernels, SrtpProfile profile, ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt)
    {
        Profile = profile;
        _rtp = SrtpCipher.Create(kernels, profile, masterKey, masterSalt, rtcp: false);
        _rtcp = SrtpCipher.Create(kernels, profile, masterKey, masterSalt, rtcp: true);
    }

    public SrtpProfile Profile { get; }

    /// <summary>Bytes that <see cref="Protect"/> adds.</summary>
    public int RtpOverhead => _rtp.TagLength;

    /// <summary>Bytes that <see cref="ProtectRtcp"/> adds.</summary>
    public int RtcpOverhead => _rtcp.TagLength + 4;

    /// <summary>
    /// Protects an RTP packet. An index is never used twice with an AEAD profile, where that would give the
    /// authentication key away (RFC 7714 §8); retransmissions there need their own source (RTX).
    /// </summary>
    public SrtpResult Protect(ReadOnlySpan<byte> packet, Span<byte> destination, out int written) =>
        Protect(packet, destination, null, out written);

    /// <summary>The same; where there is a batch, it may be left to it to write the tag.</summary>
    /// <param name="destination">Memory as <see cref="SrtpBatch"/> asks for, if there is one.</param>
    public SrtpResult Protect(ReadOnlySpan<byte> packet, Span<byte> destination, SrtpBatch? batch, out int written)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this); // its keys are zeros now
        written = 0;
        if (!RtpHeader.TryParse(packet, out RtpHeader rtp)) return SrtpResult.Malformed;
        if (destination.Length < packet.Length + RtpOverhead) return SrtpResult.Malformed;
        uint ssrc = rtp.Ssrc;
        SrtpStream? stream = FindStream(ssrc) ?? AddStream(ssrc);
        if (stream == null) return SrtpResult.TooManyStreams;

        long index = stream.IndexOf(rtp.SequenceNumber);
        if (index > LastRtpIndex) return SrtpResult.KeyExhausted;
        if (Profile.IsAead && !stream.Rtp.IsFresh(index)) return SrtpResult.Replayed;
        stream.Rtp.Add(index);

        int headerLength = rtp.Length;
        CopyHeader(packet, destination, headerLength);
        int end = packet.Length;
        var nonce = new SrtpNonce(ssrc, index, (uint)(index >> 16), IsRtcp: false);
        ReadOnlySpan<byte> body = packet[headerLength..];
        Span<byte> tag = destination.Slice(end, RtpOverhead);
        if (batch == null) _rtp.Seal(nonce, destination[..end], headerLength, body, tag);
        else _rtp.Seal(nonce, destination[..end], headerLength, body, tag, batch);
        written = end + RtpOverhead;
        return SrtpResult.Ok;
    }

    /// <summary>Checks and decrypts an SRTP packet.</summary>
    public SrtpResult Unprotect(ReadOnlySpan<byte> packet, Span<byte> destination, out int written)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this); // its keys are zeros now
        written = 0;
        int end = packet.Length - RtpOverhead;
        if (end < 0 || destination.Length < end) return SrtpResult.Malformed;
        if (!RtpHeader.TryParse(packet[..end], out RtpHeader rtp)) return SrtpResult.Malformed;
        uint ssrc = rtp.Ssrc;
        SrtpStream? stream = FindStream(ssrc);
        long index = stream?.IndexOf(rtp.SequenceNumber) ?? rtp.SequenceNumber;
        if (index > LastRtpIndex || stream?.Rtp.IsFresh(index) == false) return SrtpResult.Replayed;

        var nonce = new SrtpNonce(ssrc, index, (uint)(index >> 16), IsRtcp: false);
        int headerLength = rtp.Length;
        if (!_rtp.Open(nonce, packet[..end], headerLength, packet[end..], destination[headerLength..]))
            return SrtpResult.AuthenticationFailed;

        stream ??= AddStream(ssrc); // only an authentic packet makes state
        if (stream == null) return SrtpResult.TooManyStreams;
        stream.Rtp.Add(index);
        CopyHeader(packet, destination, headerLength);
        written = end;
        return SrtpResult.Ok;
    }

    /// <summary>Protects an RTCP compound packet.</summary>
    public SrtpResult ProtectRtcp(ReadOnlySpan<byte> packet, Span<byte> destination, out int written)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this); // its keys are zeros now
        written = 0;
        if (packet.Length < RtcpHeaderLength || destination.Length < packet.Length + RtcpOverhead) return SrtpResult.Malformed;
        if (_nextRtcpIndex > LastRtcpIndex) return SrtpResult.KeyExhausted;
        // One count for all sources: the source is part of the nonce, so the pair stays unique.
        long index = _nextRtcpIndex++;
        uint word = EncryptedFlag | (uint)index;
        var nonce = new SrtpNonce(BinaryPrimitives.ReadUInt32BigEndian(packet[4..]), index, word, IsRtcp: true);
        CopyHeader(packet, destination, RtcpHeaderLength);

        (int tagOffset, int wordOffset) = TrailerOf(packet.Length);
        ReadOnlySpan<byte> body = packet[RtcpHeaderLength..];
        Span<byte> tag = destination.Slice(tagOffset, _rtcp.TagLength);
        _rtcp.Seal(nonce, destination[..packet.Length], RtcpHeaderLength, body, tag);
        BinaryPrimitives.WriteUInt32BigEndian(destination[wordOffset..], word);
        written = packet.Length + RtcpOverhead;
        return SrtpResult.Ok;
    }

    /// <summary>Checks and decrypts an SRTCP compound. One that is not encrypted is refused (RFC 8827 §6.5).</summary>
    public SrtpResult UnprotectRtcp(ReadOnlySpan<byte> packet, Span<byte> destination, out int written)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this); // its keys are zeros now
        written = 0;
        int end = packet.Length - RtcpOverhead;
        if (end < RtcpHeaderLength || destination.Length < end) return SrtpResult.Malformed;
        (int tagOffset, int wordOffset) = TrailerOf(end);
        uint word = BinaryPrimitives.ReadUInt32BigEndian(packet[wordOffset..]);
        if ((word & EncryptedFlag) == 0) return SrtpResult.Malformed;
        long index = word & ~EncryptedFlag;
        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        SrtpStream? stream = FindStream(ssrc);
        if (stream?.Rtcp.IsFresh(index) == false) return SrtpResult.Replayed;

        var nonce = new SrtpNonce(ssrc, index, word, IsRtcp: true);
        ReadOnlySpan<byte> tag = packet.Slice(tagOffset, _rtcp.TagLength);
        if (!_rtcp.Open(nonce, packet[..end], RtcpHeaderLength, tag, destination[RtcpHeaderLength..]))
            return SrtpResult.AuthenticationFailed;

        stream ??= AddStream(ssrc);
        if (stream == null) return SrtpResult.TooManyStreams;
        stream.Rtcp.Add(index);
        CopyHeader(packet, destination, RtcpHeaderLength);
        written = end;
        return SrtpResult.Ok;
    }

    public void Dispose()
    {
        _isDisposed = true;
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    /// <summary>RFC 3711 §3.4 has the index before the tag, RFC 7714 §9.2 after it.</summary>
    private (int Tag, int Word) TrailerOf(int end) => Profile.IsAead ? (end, end + _rtcp.TagLength) : (end + 4, end);

    private static void CopyHeader(ReadOnlySpan<byte> packet, Span<byte> destination, int length)
    {
        if (!packet[..length].Overlaps(destination)) packet[..length].CopyTo(destination);
    }

    private SrtpStream? FindStream(uint ssrc)
    {
        if (_lastStream != null && _lastSsrc == ssrc) return _lastStream;
        if (!_streams.TryGetValue(ssrc, out SrtpStream? stream)) return null;
        _lastSsrc = ssrc;
        return _lastStream = stream;
    }

    private SrtpStream? AddStream(uint ssrc)
    {
        if (_streams.Count >= MaxStreams) return null;
        var stream = new SrtpStream();
        _streams.Add(ssrc, stream);
        return stream;
    }
}
