namespace Rooms.Tracks;

/// <summary>
/// Brings the media of one publisher into sync by its sender reports (RFC 3550 §6.4.1), which tie each stream to one wall
/// clock. One stream stays where its arrival put it, sound where there is some, and the others come to it: sound is
/// never waited for and never bent.
/// </summary>
internal sealed class PublisherClock
{
    private PacketClock? _reference;
    private bool _isSound;
    private long _offset; // media time minus the publisher's wall clock

    /// <param name="wallClock">The publisher's, in ticks of 100 ns.</param>
    /// <param name="timestamp">The stream's at that moment, not wrapped.</param>
    public void OnReport(PacketClock stream, bool isSound, long wallClock, long timestamp)
    {
        if (!stream.HasBegun) return;
        if (_reference is null || (isSound && !_isSound)) (_reference, _isSound) = (stream, isSound);
        long mediaTime = stream.TicksAt(timestamp);
        if (stream == _reference) _offset = mediaTime - wallClock;
        else stream.Correct(wallClock + _offset - mediaTime);
    }

    public void Forget(PacketClock stream)
    {
        if (_reference == stream) _reference = null;
    }
}
