using System.Diagnostics.Metrics;
using Egress.WebRtc;

namespace Gateway.Whep;

/// <summary>Counts what became of requests to watch.</summary>
internal sealed class WhepMetrics(Meter meter)
{
    private readonly Counter<long> _requests = meter.CreateCounter<long>("gateway.whep.requests", "{request}", "Requests to watch, by outcome.");

    public void Count(ViewerOutcome outcome) => _requests.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
}
