using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Gateway.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using TestKit.Signalling;

namespace Gateway.Tests.Participants;

[Trait("Suite", "inprocess")]
public sealed class ParticipantMetricsTests
{
    [Fact]
    public async Task What_happens_in_rooms_is_counted()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        var counted = new ConcurrentDictionary<string, long>();
        using MeterListener listener = Listen(gateway.Host.Services.GetRequiredService<Meter>(), counted);
        Uri address = gateway.Client.BaseAddress!;
        await using RoomTestClient ada = await RoomTestClient.JoinAsync(address, "demo", "Ada");
        await using RoomTestClient bob = await RoomTestClient.JoinAsync(address, "demo", "Bob");
        await bob.SendTextAsync("garbage");
        await bob.NextAsync("error");
        await bob.SendAsync(new { type = "offer", pc = "send", sdp = "no", tracks = Array.Empty<object>() });
        await bob.NextAsync("error");
        Assert.Equal(2, counted["gateway.participants"]);
        await bob.SendAsync(new { type = "leave" });
        await ada.NextParticipantAsync("left");

        Assert.Equal(1, counted["gateway.participants"]);
        Assert.Equal(2, counted["gateway.participants.joins outcome=Joined"]);
        Assert.Equal(2, counted["gateway.participants.messages type=join"]);
        Assert.Equal(1, counted["gateway.participants.messages type=bad"]);
        Assert.Equal(1, counted["gateway.participants.errors code=bad-message"]);
        Assert.Equal(1, counted["gateway.participants.offers pc=send outcome=bad-offer"]);
        await Until.SoAsync(() => Task.FromResult(counted.GetValueOrDefault("gateway.participants.ends reason=left") == 1));
    }

    private static MeterListener Listen(Meter meter, ConcurrentDictionary<string, long> counted)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, all) =>
            {
                if (instrument.Meter == meter && instrument.Name.StartsWith("gateway.participants", StringComparison.Ordinal)) all.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) => Count(instrument, count, tags));
        listener.SetMeasurementEventCallback<int>((instrument, count, tags, _) => Count(instrument, count, tags));
        listener.Start();
        return listener;

        void Count(Instrument instrument, long count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string name = instrument.Name;
            foreach ((string key, object? value) in tags) name += $" {key}={value}";
            counted.AddOrUpdate(name, count, (_, before) => before + count);
        }
    }
}
