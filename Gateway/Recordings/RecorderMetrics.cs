using System.Diagnostics.Metrics;
using Recorder;

namespace Gateway.Recordings;

/// <summary>What is counted of recordings.</summary>
internal sealed class RecorderMetrics(Meter meter)
{
    private readonly Counter<long> _written = meter.CreateCounter<long>("gateway.recorder.written", "By", "Bytes written to recordings.");

    private readonly Counter<long> _dropped = meter.CreateCounter<long>("gateway.recorder.frames.dropped", "{frame}", "Frames lost because the disk was too slow.");

    private readonly Counter<long> _failures = meter.CreateCounter<long>("gateway.recorder.failures", "{failure}", "Times that a publication could not be recorded any more.");

    private readonly Counter<long> _removed = meter.CreateCounter<long>("gateway.recorder.removed", "{recording}", "Recordings removed because they were too old or too many.");

    public void Observe(RoomRecorders recorders) =>
        meter.CreateObservableGauge("gateway.recorder.recordings", () => recorders.Count, "{recording}", "Recordings that are being made.");

    public void Written(long bytes) => _written.Add(bytes);

    public void Dropped(long frames) => _dropped.Add(frames);

    public void Failed() => _failures.Add(1);

    public void Removed() => _removed.Add(1);
}
