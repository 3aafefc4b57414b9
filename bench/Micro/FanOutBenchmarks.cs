using Bench.FanOut;
using BenchmarkDotNet.Attributes;
using Protocols.Srtp;

namespace Bench.Micro;

/// <summary>A frame of ten packets to everybody, from the publication to sockets that nobody reads.</summary>
public class FanOutBenchmarks
{
    private House? _house;

    [Params(1, 100, 1000)]
    public int Viewers { get; set; }

    [GlobalSetup]
    public async Task Setup()
    {
        _house = new House(Viewers, burst: 10, length: 1100);
        await _house.ConnectAsync(SrtpProfile.AeadAes128Gcm);
    }

    [GlobalCleanup]
    public void Cleanup() => _house?.Dispose();

    [Benchmark]
    public Task Frame() => _house!.MeasureAsync(1);
}
