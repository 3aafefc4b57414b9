using System.Diagnostics;
using Protocols.Srtp;

namespace TestKit.Measuring;

/// <summary>
/// What protecting and refusing a packet costs with each implementation that runs here, in nanoseconds: all of them by
/// turns, many short samples, medians. Sixteen sessions with their own keys and memory, as viewers of one packet.
/// </summary>
public static class SrtpTimings
{
    private const int Sessions = 16;
    private const int Samples = 41;
    private const int PacketsPerSample = 160;

    public const string Portable = "portable";
    public const string Own = "own";
    public const string Garbage = "own, garbage";
    public const string PortableGarbage = "portable, garbage";
    public const string Replayed = "own, replayed";

    /// <summary>What is chosen on this machine, in words.</summary>
    public static string Kernels => SrtpKernels.Current.ToString();

    /// <summary>By name of the implementation; names that end in "lanes" are those of batches.</summary>
    public static Dictionary<string, double> Measure(SrtpProfile profile, int payload)
    {
        var runs = new List<Run>
        {
            new(Portable, SrtpKernels.Portable, profile, payload),
            new(Own, SrtpKernels.Supported with { Lanes = null }, profile, payload),
            new(PortableGarbage, SrtpKernels.Portable, profile, payload),
            new(Garbage, SrtpKernels.Supported, profile, payload),
            new(Replayed, SrtpKernels.Supported, profile, payload),
        };
        if (!profile.IsAead)
        {
            if (System.Runtime.Intrinsics.X86.Avx2.IsSupported) runs.Add(new("8 lanes", SrtpKernels.Supported with { Lanes = HmacSha1.Lanes8 }, profile, payload));
            if (SrtpKernels.Supported.Lanes == HmacSha1.Lanes16) runs.Add(new("16 lanes", SrtpKernels.Supported, profile, payload));
        }

        WarmUp(runs);
        for (int i = 0; i < Samples; i++)
            foreach (Run run in runs) run.Sample(isKept: true);
        foreach (Run run in runs) run.Dispose();
        return runs.ToDictionary(run => run.Name, run => Statistics.Median(run.Nanoseconds));
    }

    /// <summary>The runtime compiles what is called often a second time, a moment later and on a thread of its own.</summary>
    private static void WarmUp(List<Run> runs)
    {
        for (int i = 0; i < 3; i++)
        {
            foreach (Run run in runs) run.Sample(isKept: false);
            Thread.Sleep(150);
        }
    }

    private sealed class Run : IDisposable
    {
        private readonly SrtpContext[] _senders;
        private readonly SrtpContext _receiver;
        private readonly SrtpBatch _batch;
        private readonly byte[] _ring;
        private readonly byte[] _packet;
        private readonly byte[] _plain = new byte[2048];
        private readonly int _slot;
        private ushort _number;

        public Run(string name, SrtpKernels kernels, SrtpProfile profile, int payload)
        {
            Name = name;
            var random = new Random(1);
            _senders = [.. Enumerable.Range(0, Sessions).Select(_ => Create(kernels, profile, random))];
            _receiver = Create(kernels, profile, new Random(1)); // the first sender's keys
            _batch = new SrtpBatch(kernels);
            _slot = 12 + payload + 16;
            _ring = GC.AllocateUninitializedArray<byte>(Sessions * _slot, pinned: true);
            _packet = new byte[12 + payload];
            _packet[0] = 0x80;
            Protect();
            _receiver.Unprotect(_ring.AsSpan(0, 12 + payload + _senders[0].RtpOverhead), _plain, out _);
        }

        public string Name { get; }

        public List<double> Nanoseconds { get; } = [];

        public void Sample(bool isKept)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < PacketsPerSample; i += Sessions) Do();
            if (isKept) Nanoseconds.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / PacketsPerSample);
        }

        public void Dispose()
        {
            foreach (SrtpContext sender in _senders) sender.Dispose();
            _receiver.Dispose();
            _batch.Dispose();
        }

        private void Do()
        {
            if (Name.EndsWith("garbage", StringComparison.Ordinal)) Refuse(isFresh: true);
            else if (Name.EndsWith("replayed", StringComparison.Ordinal)) Refuse(isFresh: false);
            else Protect();
        }

        private void Protect()
        {
            _number++;
            _packet[2] = (byte)(_number >> 8);
            _packet[3] = (byte)_number;
            for (int i = 0; i < _senders.Length; i++) _senders[i].Protect(_packet, _ring.AsSpan(i * _slot, _slot), _batch, out _);
            _batch.Complete();
        }

        private void Refuse(bool isFresh)
        {
            int length = _packet.Length + _senders[0].RtpOverhead;
            _ring[2] = isFresh ? (byte)1 : (byte)0; // the first packet had the number 1
            for (int i = 0; i < Sessions; i++) _receiver.Unprotect(_ring.AsSpan(0, length), _plain, out _);
        }

        private static SrtpContext Create(SrtpKernels kernels, SrtpProfile profile, Random random)
        {
            byte[] key = new byte[profile.KeyLength];
            byte[] salt = new byte[profile.SaltLength];
            random.NextBytes(key);
            random.NextBytes(salt);
            return new SrtpContext(kernels, profile, key, salt);
        }
    }
}
