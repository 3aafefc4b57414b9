using System.Diagnostics.Metrics;
using Gateway.Authorization;
using Ingest.Rtmp;
using Media.Scheduling;
using Microsoft.AspNetCore.Connections;
using Rooms;

namespace Gateway.Rtmp;

/// <summary>Where Kestrel hands over RTMP and RTMPS connections; each becomes an <see cref="RtmpConnection"/>.</summary>
internal sealed class RtmpConnectionHandler(
    RoomRegistry registry, Access access, MonotonicClock clock, Meter meter, ILogger<RtmpConnection> logger) : ConnectionHandler
{
    /// <summary>More than this at a time are turned away.</summary>
    private const int MaxConnections = 1000;

    private readonly RtmpMetrics _metrics = new(meter);
    private int _connections;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        try
        {
            if (Interlocked.Increment(ref _connections) > MaxConnections) return;
            await using var rtmp = new RtmpConnection(connection, registry, access, clock, _metrics, logger);
            await rtmp.RunAsync();
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }
}
