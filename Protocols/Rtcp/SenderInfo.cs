namespace Protocols.Rtcp;

/// <summary>What a sender says of itself (RFC 3550 §6.4.1).</summary>
/// <param name="NtpTime">Wall clock, 32.32 fixed point seconds since 1900.</param>
/// <param name="RtpTimestamp">The same instant in the stream's RTP time.</param>
public readonly record struct SenderInfo(uint Ssrc, ulong NtpTime, uint RtpTimestamp, uint PacketCount, uint OctetCount)
{
    private const long SecondsFrom1900To1970 = 2_208_988_800;

    /// <summary>The middle 32 bits that receivers echo as LSR.</summary>
    public uint CompactNtpTime => ToCompact(NtpTime);

    /// <summary>The wall clock in ticks of 100 ns since 1900, for differences.</summary>
    public long NtpTicks => (long)((UInt128)NtpTime * TimeSpan.TicksPerSecond >> 32);

    public static uint ToCompact(ulong ntpTime) => (uint)(ntpTime >> 16);

    /// <summary>Wall clock as NTP's 64-bit format (RFC 3550 §4).</summary>
    public static ulong ToNtpTime(DateTimeOffset utc)
    {
        long ticks = utc.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks;
        long seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out long rest);
        ulong fraction = ((ulong)rest << 32) / TimeSpan.TicksPerSecond;
        return ((ulong)(seconds + SecondsFrom1900To1970) << 32) | fraction;
    }
}
