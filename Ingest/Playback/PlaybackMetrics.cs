using System.Diagnostics.Metrics;
using Media;

namespace Ingest.Playback;

/// <summary>The counters of playbacks. Any thread.</summary>
public sealed class PlaybackMetrics
{
    private readonly Counter<long> _started;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _stalls;
    private readonly Counter<long> _frames;
    private readonly Counter<long> _bytes;

    public PlaybackMetrics(Meter meter)
    {
        ArgumentNullException.ThrowIfNull(meter);
        _started = meter.CreateCounter<long>("gateway.playback.started", "{playback}", "Playbacks that began.");
        _ended = meter.CreateCounter<long>("gateway.playback.ended", "{playback}", "Playbacks that ended, by how.");
        _refused = meter.CreateCounter<long>("gateway.playback.refused", "{playback}", "Playbacks that could not begin: their files or their place.");
        _stalls = meter.CreateCounter<long>("gateway.playback.stalls", "{stall}", "Times that a disk was too slow, and a playback waited.");
        _frames = meter.CreateCounter<long>("gateway.playback.frames", "{frame}", "Frames that went from files into rooms, by medium.");
        _bytes = meter.CreateCounter<long>("gateway.playback.played", "By", "Their bytes.");
    }

    internal void Started() => _started.Add(1);

    internal void Ended(PlaybackState state) => _ended.Add(1, new KeyValuePair<string, object?>("how", state.ToString().ToLowerInvariant()));

    internal void Refused() => _refused.Add(1);

    internal void Stalled() => _stalls.Add(1);

    internal void Played(MediaKind kind, int bytes)
    {
        _frames.Add(1, new KeyValuePair<string, object?>("medium", kind == MediaKind.Video ? "video" : "audio"));
        _bytes.Add(bytes);
    }
}
