using BenchmarkDotNet.Attributes;
using Media.Rtp;
using Protocols.Ice;
using Protocols.Rtcp;
using Protocols.Stun;

namespace Bench.Micro;

/// <summary>What is looked at first of everything that arrives.</summary>
[MemoryDiagnoser]
public class ParseBenchmarks
{
    private const string Password = "a password of an ICE agent";

    private readonly byte[] _rtp = new byte[1200];
    private readonly byte[] _feedback = new byte[1200];
    private readonly byte[] _check = new byte[400];
    private readonly IntegrityKey _key = new(System.Text.Encoding.ASCII.GetBytes(Password));
    private int _feedbackLength;
    private int _checkLength;

    [GlobalSetup]
    public void Setup()
    {
        var extensions = new HeaderExtensionWriter(_rtp, new RtpHeader { PayloadType = 102, SequenceNumber = 7, Ssrc = 1 }.Write(_rtp));
        extensions.AddUInt16(3, 1234);
        extensions.Finish();
        var writer = new RtcpWriter(_feedback);
        TransportFeedbackBuilder.TryWrite(ref writer, 1, 2, 100, 0, [.. Enumerable.Range(0, 30).Select(i => 1000L + (4 * i))]);
        _feedbackLength = writer.Length;
        uint priority = IceCandidate.PriorityOf(IceCandidateType.PeerReflexive, ushort.MaxValue);
        _checkLength = StunWriter.WriteBindingRequest(_check, new byte[12], "Afragment:other", Password, priority, useCandidate: true);
    }

    [Benchmark]
    public bool Rtp() =>
        RtpHeader.TryParse(_rtp, out RtpHeader header) && header.Extensions(_rtp).TryGet(3, out ReadOnlySpan<byte> number) && number.Length == 2;

    [Benchmark]
    public int TransportFeedbackOf30Packets()
    {
        int arrived = 0;
        var reader = new RtcpReader(_feedback.AsSpan(0, _feedbackLength));
        while (reader.TryRead(out RtcpPacket packet))
            if (TransportFeedback.TryParse(packet, out TransportFeedback feedback))
                foreach (PacketArrival arrival in feedback) arrived += arrival.Received ? 1 : 0;
        return arrived;
    }

    [Benchmark]
    public bool StunCheck() =>
        StunMessage.TryParse(_check.AsSpan(0, _checkLength), out StunMessage message) && message.IsFingerprintValid() && message.IsIntegrityValid(_key);
}
