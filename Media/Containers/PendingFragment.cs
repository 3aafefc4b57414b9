using System.Runtime.InteropServices;
using Media.Codecs;

namespace Media.Containers;

internal readonly record struct PendingFrame(int Track, MediaFrame Frame);

/// <summary>The frames of the fragment that is being collected, each with a reference of its own, in the order of their coming.</summary>
internal sealed class PendingFragment(int tracks)
{
    private readonly List<PendingFrame> _frames = [];
    private readonly int[] _counts = new int[tracks];
    private long _first = long.MaxValue;
    private long _last = long.MinValue;

    public ReadOnlySpan<PendingFrame> Frames => CollectionsMarshal.AsSpan(_frames);

    public long Bytes { get; private set; }

    /// <summary>From the earliest decode time to the latest, in ticks of 100 ns.</summary>
    public long Ticks => _frames.Count == 0 ? 0 : _last - _first;

    public int CountOf(int track) => _counts[track];

    public void Add(int track, in MediaFrame frame)
    {
        long ticks = MediaTime.ToTicks(frame.DecodeTime, frame.Format.ClockRate);
        _first = Math.Min(_first, ticks);
        _last = Math.Max(_last, ticks);
        Bytes += frame.Length;
        _counts[track]++;
        _frames.Add(new PendingFrame(track, frame.AddReference()));
    }

    public void Clear()
    {
        foreach (PendingFrame pending in _frames) pending.Frame.Release();
        _frames.Clear();
        Array.Clear(_counts);
        Bytes = 0;
        (_first, _last) = (long.MaxValue, long.MinValue);
    }

    /// <summary>How long a frame lasts whose follower is not known: what its codec says, else as long as the one before.</summary>
    public static uint DurationOf(in MediaFrame frame, long lastDelta)
    {
        switch (frame.Format.Codec)
        {
            case Codec.Opus when OpusPacket.TryParse(frame.Data, out OpusPacket packet):
                return (uint)packet.Duration;
            case Codec.Aac when AacConfiguration.TryParse(frame.Format.Configuration.AsSpan(), out AacConfiguration aac):
                return (uint)aac.FrameLength;
            case Codec.Pcmu or Codec.Pcma:
                return (uint)(frame.Length / Math.Max(1, frame.Format.Channels));
        }

        if (lastDelta is > 0 and <= int.MaxValue) return (uint)lastDelta;
        double rate = frame.Format.Video?.FrameRate ?? 0;
        return (uint)(frame.Format.ClockRate / (rate is >= 1 and <= 1000 ? rate : 30));
    }
}
