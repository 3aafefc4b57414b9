using BenchmarkDotNet.Attributes;
using Media.Rtp;
using Protocols.Srtp;

namespace Bench.Micro;

/// <summary>A header of its own in front of a payload, and protection: what each viewer's copy takes before it is sent.</summary>
[MemoryDiagnoser]
public class ProtectBenchmarks
{
    private readonly byte[] _packet = new byte[1400];
    private readonly byte[] _datagram = new byte[2048];
    private SrtpContext? _context;
    private ushort _number;

    [Params(SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmSha1Tag80)]
    public SrtpProfile Profile { get; set; }

    [Params(120, 1100)]
    public int Payload { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        byte[] keys = new byte[SrtpKeyMaterial.ExportedLength(Profile)];
        new Random(1).NextBytes(keys);
        _context = new SrtpKeyMaterial(Profile, keys, isClient: false).CreateSender();
    }

    [GlobalCleanup]
    public void Cleanup() => _context?.Dispose();

    [Benchmark]
    public int Protect()
    {
        int header = new RtpHeader { PayloadType = 102, SequenceNumber = _number++, Ssrc = 1 }.Write(_packet);
        return _context!.Protect(_packet.AsSpan(0, header + Payload), _datagram, out int written) == SrtpResult.Ok ? written : 0;
    }
}
