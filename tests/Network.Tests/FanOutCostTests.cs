using System.Globalization;
using Bench.FanOut;
using Protocols.Srtp;
using TestKit.Measuring;

namespace Network.Tests;

/// <summary>
/// What a forwarded packet costs, from the publication to the sockets, by processor time: as a ratio to sending ready made
/// datagrams along the same routes on the same thread, so that it says the same on each machine.
/// </summary>
[Trait("Suite", "hotpath")]
public sealed class FanOutCostTests
{
    private const int Viewers = 150;
    private const int Burst = 10;
    private const int Length = 1100;
    private const int Trailer = 40; // header, extensions, tag
    private const int Rounds = 9;
    private const int MostRounds = 27;
    private const int Frames = 15;

    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm, 2.5)]
    [InlineData(SrtpProfile.Aes128CmSha1Tag80, 3.0)]
    public async Task A_forwarded_packet_costs_little_more_than_sending_it(SrtpProfile profile, double limit)
    {
        using var house = new House(Viewers, Burst, Length);
        await house.ConnectAsync(profile);
        await house.MeasureAsync(3 * Frames);
        List<double> costs = [], floors = [];
        while (costs.Count < Rounds || (costs.Count < MostRounds && Ratio() > limit))
        {
            floors.Add(await house.MeasureFloorAsync(Frames, Length + Trailer));
            FanOutFigures figures = await house.MeasureAsync(Frames);
            Assert.InRange(figures.Complete, 1, 1.05); // reports and answers to checks among them
            costs.Add(figures.MicrosecondsPerPacket);
        }

        Report.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"Fan-out to {Viewers} viewers, {profile}: {Statistics.Median(costs):0.00} us a packet, sending alone {Statistics.Median(floors):0.00}, ratio {Ratio():0.00} (limit {limit:0.0})"));
        Assert.InRange(Ratio(), 0, limit);
        if (house.SegmentationRefusals > 0) return; // a system without UDP_SEGMENT
        Assert.True(house.DatagramsSent > 5 * house.MessagesSent, "A viewer's burst does not leave as one message.");

        // Neighbours that take the processor away hit both sides of a pair.
        double Ratio() => Statistics.Percentile(costs.Zip(floors, (cost, floor) => cost / floor), 25);
    }

    [Fact]
    public async Task A_watching_viewer_holds_little_managed_memory()
    {
        const double limit = 32;
        double each = double.MaxValue;
        // The pool of buffers grows to what was ever lent at one time, and keeps that for all viewers that come after.
        for (int round = 0; round < 3 && each > limit; round++)
        {
            long few = await ManagedBytesAsync(10), many = await ManagedBytesAsync(110);
            each = (many - few) / 100 / 1024.0;
        }

        Report.Line(string.Create(CultureInfo.InvariantCulture, $"A watching viewer holds {each:0.0} KB of managed memory (limit {limit:0})"));
        Assert.InRange(each, 0, limit);
    }

    private static async Task<long> ManagedBytesAsync(int viewers)
    {
        using var house = new House(viewers, Burst, Length);
        await house.ConnectAsync(SrtpProfile.AeadAes128Gcm);
        await house.MeasureAsync(30);
        await house.ForgetPeersAsync();
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
