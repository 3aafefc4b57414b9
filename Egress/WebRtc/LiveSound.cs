using Media.Rtp;
using Media.Scheduling;
using Rooms;

namespace Egress.WebRtc;

/// <summary>
/// Tells live sound from a backlog that is being worked off, as of an encoder that has just started. A receiver that
/// begins with a backlog keeps it for many seconds, and holds the picture back to stay in sync with it.
/// </summary>
internal static class LiveSound
{
    private const long Window = 100 * MonotonicClock.TicksPerMillisecond;

    /// <summary>Late sound is better than none.</summary>
    private const long Patience = MonotonicClock.TicksPerSecond;

    /// <param name="packet">The newest one of the history.</param>
    /// <param name="since">From when on the viewer waits.</param>
    public static bool IsLive(PacketHistory history, in RtpPacket packet, int clockRate, long since)
    {
        if (packet.ArrivalTime - since >= Patience) return true;
        for (long number = packet.SequenceNumber - 1; history.TryGet(number, out RtpPacket earlier); number--)
        {
            long elapsed = packet.ArrivalTime - earlier.ArrivalTime;
            if (elapsed < Window) continue;
            long heard = Timeline.ToTicks(packet.Timestamp - earlier.Timestamp, clockRate);
            return heard <= elapsed + (elapsed / 2);
        }

        return false; // too young to tell
    }
}
