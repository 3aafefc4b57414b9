using System.Globalization;
using Protocols.Srtp;

namespace Bench.FanOut;

/// <summary>One room on one loop and on two: packets a second, as fast as it goes, rounds in turn.</summary>
internal static class LoopsComparison
{
    public static async Task RunAsync(Options options)
    {
        using var one = new House(options.LoopsViewers, options.Burst, options.Length);
        using var two = new House(options.LoopsViewers, options.Burst, options.Length, loops: 2);
        await one.ConnectAsync(SrtpProfile.AeadAes128Gcm);
        await two.ConnectAsync(SrtpProfile.AeadAes128Gcm);
        List<FanOutFigures> ones = [], twos = [];
        int frames = Math.Max(3, options.Packets / (options.LoopsViewers * options.Burst));
        for (int round = 0; round < options.Rounds; round++)
        {
            ones.Add(await one.MeasureAsync(frames));
            twos.Add(await two.MeasureAsync(frames));
        }

        double rateOfOne = Row.Median(ones.Select(figures => figures.PacketsPerSecond)), rateOfTwo = Row.Median(twos.Select(figures => figures.PacketsPerSecond));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"""

            | loops | viewers by loop | packets/s | us/packet | sent |
            |---|---|---|---|---|
            | 1 | {string.Join(", ", one.ViewersByLoop)} | {rateOfOne:0} | {Row.Median(ones.Select(figures => figures.MicrosecondsPerPacket)):0.00} | {ones.Min(figures => figures.Complete) * 100:0.0} % |
            | 2 | {string.Join(", ", two.ViewersByLoop)} | {rateOfTwo:0} | {Row.Median(twos.Select(figures => figures.MicrosecondsPerPacket)):0.00} | {twos.Min(figures => figures.Complete) * 100:0.0} % |
            two loops: {rateOfTwo / rateOfOne:0.00} x the packets/s of one
            """));
    }
}
