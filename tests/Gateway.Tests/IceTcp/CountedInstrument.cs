using System.Diagnostics.Metrics;

namespace Gateway.Tests.IceTcp;

/// <summary>The sum of all that a counter of that name has counted since; of one tag's value each.</summary>
internal sealed class CountedInstrument : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _byTag = [];

    public CountedInstrument(string name)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == name) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Add(value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, _) => Add(value, tags));
        _listener.Start();
    }

    public long Total
    {
        get
        {
            lock (_byTag) return _byTag.Values.Sum();
        }
    }

    public long Of(string tag)
    {
        lock (_byTag) return _byTag.GetValueOrDefault(tag);
    }

    public void Dispose() => _listener.Dispose();

    private void Add(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string tag = tags.Length > 0 ? tags[0].Value?.ToString() ?? "" : "";
        lock (_byTag) _byTag[tag] = _byTag.GetValueOrDefault(tag) + value;
    }
}
