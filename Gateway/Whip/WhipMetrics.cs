using System.Diagnostics.Metrics;
using Ingest.WebRtc;

namespace Gateway.Whip;

/// <summary>Counts what became of requests to publish.</summary>
internal sealed class WhipMetrics(Meter meter)
{
    private readonly Counter<long> _requests = meter.CreateCounter<long>("gateway.whip.requests", "{request}", "Requests to publish, by outcome.");

    public void Count(PublisherOutcome outcome) => _requests.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
}
