using System.Buffers.Binary;
using Media.Rtp;
using Media.Scheduling;
using Protocols.Rtcp;
using Protocols.Rtp;
using Protocols.Tests.Sdp;
using Protocols.Tests.WebRtc;
using Protocols.WebRtc;
using Xunit.Abstractions;

namespace Protocols.Tests.Rtp;

/// <summary>A publisher and a session over a simulated network with loss, on a stepped clock: what arrives of its frames.</summary>
public sealed class LossRecoveryTests(ITestOutputHelper output)
{
    private const uint Video = 3586388311, Rtx = 2558593224; // sources of Chromium's plain offer
    private const int PacketsPerFrame = 6;

    private readonly Dictionary<int, int> _packetsByFrame = [];
    private readonly List<long> _inOrder = [];
    private readonly ReorderBuffer _reorder = new();

    [Theory]
    [InlineData(0.05, 0.95)]
    [InlineData(0.10, 0.85)]
    [InlineData(0.20, 0.70)]
    public void Lost_packets_come_again_over_a_path_of_50_ms(double loss, double expected)
    {
        using Rig rig = Connect(seed: 3);
        rig.Session.Network.Loss = loss;
        rig.Publish(frames: 900);

        rig.Session.Network.Loss = 0;
        rig.Run(1.5);
        int whole = _packetsByFrame.Count(frame => frame.Value == PacketsPerFrame);
        output.WriteLine(
            $"{loss:P0} loss: {whole} of {rig.Publisher.Frames} frames whole, {rig.Publisher.Retransmissions} retransmissions, "
            + $"{rig.Publisher.Keyframes} keyframes, round trip {rig.Receiver.RoundTrip / MonotonicClock.TicksPerMillisecond} ms");
        Assert.True(whole >= expected * rig.Publisher.Frames, $"{whole} of {rig.Publisher.Frames}");
        Assert.InRange(rig.Receiver.RoundTrip, 49 * MonotonicClock.TicksPerMillisecond, 70 * MonotonicClock.TicksPerMillisecond);
        // Not much more is sent than was lost.
        Assert.InRange(rig.Publisher.Retransmissions, 1, (int)(loss * 900 * PacketsPerFrame * 1.8));
        Assert.True(_inOrder.SequenceEqual(_inOrder.Order()), "the reorder buffer lets packets overtake each other");
    }

    [Fact]
    public void Without_loss_nothing_is_asked_for_and_every_number_is_told()
    {
        using Rig rig = Connect(seed: 1);
        rig.Publish(frames: 1);
        rig.Session.Network.Jitter = 4 * MonotonicClock.TicksPerMillisecond; // packets overtake each other
        rig.Publish(frames: 299);
        rig.Run(0.3);
        Assert.Equal((0, 1), (rig.Publisher.Retransmissions, rig.Publisher.Keyframes));
        Assert.Equal((byte)0, rig.Publisher.LastFractionLost);
        Assert.True(rig.Publisher.TransportTold >= rig.Publisher.TransportNumbers);
        Assert.Equal(300 * PacketsPerFrame, _inOrder.Count);
    }

    [Fact]
    public void After_an_outage_of_three_seconds_whole_frames_come_within_200_ms()
    {
        using Rig rig = Connect(seed: 1);
        rig.Publish(frames: 60);
        rig.Session.Network.Loss = 1;
        rig.Publish(frames: 90);
        rig.Session.Network.Loss = 0;
        int end = rig.Publisher.Frames;
        rig.Publish(frames: 30);
        rig.Run(0.5);
        Assert.Equal(2, rig.Publisher.Keyframes);
        Assert.Equal(30, _packetsByFrame.Count(frame => frame.Key >= end && frame.Value == PacketsPerFrame));
        Assert.InRange(rig.Publisher.Retransmissions, 0, 60);
    }

    private Rig Connect(int seed)
    {
        var rig = new Rig(this, seed);
        rig.Session.Network.Delay = 25 * MonotonicClock.TicksPerMillisecond;
        rig.Session.Connect();
        rig.Run(1);
        return rig;
    }

    private void Count(in RtpPacket packet)
    {
        int frame = BinaryPrimitives.ReadInt32BigEndian(packet.Slice[4..]);
        _packetsByFrame[frame] = _packetsByFrame.GetValueOrDefault(frame) + 1;
        Assert.True(_reorder.Add(packet));
        while (_reorder.TryTake(packet.ArrivalTime, out RtpPacket next))
        {
            _inOrder.Add(next.SequenceNumber);
            next.Release();
        }
    }

    private sealed class Rig : IRtpReceiverListener, IDisposable
    {
        private readonly LossRecoveryTests _test;

        public Rig(LossRecoveryTests test, int seed)
        {
            _test = test;
            Session = new SessionFixture(seed: seed) { IgnoresRtp = true };
            Receiver = new RtpReceiver(ReceiverFixture.NegotiationOf(Offers.Read(ReceiverFixture.ChromiumPlain)).Sections, 77, "us", this);
            Session.RtpReceived = (in ReceivedRtp packet, long now) => Receiver.Receive(packet, now);
            Session.RtcpReceived = (in RtcpPacket packet, long now) => Receiver.OnRtcp(packet, now);
            Publisher = new LossyPublisher(Session.Peer, Video, Rtx);
        }

        public SessionFixture Session { get; }

        public RtpReceiver Receiver { get; }

        public LossyPublisher Publisher { get; }

        public void Publish(int frames)
        {
            for (int i = 0; i < frames; i++)
            {
                Publisher.SendFrame();
                for (int step = 0; step < 11; step++) Run(0.003);
            }
        }

        public void Run(double seconds)
        {
            long end = Session.Network.Now + (long)(seconds * TimeSpan.TicksPerSecond);
            while (Session.Network.Now < end)
            {
                long due = Math.Clamp(Receiver.NextDeadline, Session.Network.Now + 1, end);
                Session.Run((due - Session.Network.Now) / (double)TimeSpan.TicksPerSecond);
                if (Receiver.NextDeadline <= Session.Network.Now) Receiver.Advance(Session.Network.Now);
                Publisher.ReadRtcp();
            }
        }

        public void OnStarted(IncomingEncoding encoding, long now)
        {
        }

        public void OnPacket(IncomingEncoding encoding, in IncomingPacket packet, long now) => _test.Count(packet.Packet);

        public void OnSenderReport(IncomingEncoding encoding, in SenderInfo info, long now)
        {
        }

        public void OnBye(IncomingEncoding encoding, long now)
        {
        }

        public void SendRtcp(ReadOnlySpan<byte> compound) => Session.Session.SendRtcp(compound);

        public void OnDeadlineChanged()
        {
        }

        public void Dispose()
        {
            _test._reorder.Dispose();
            Session.Dispose();
            Assert.Equal(0, Session.Pool.Leased);
        }
    }
}
