using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Media.Buffers;
using Media.Rtp;
using Media.Scheduling;
using Protocols.Ice;
using Protocols.Rtcp;
using Protocols.Rtp;
using Protocols.Sdp;
using Protocols.Tests.Sdp;
using Protocols.WebRtc;

namespace Protocols.Tests.Rtp;

/// <summary>A receiver for the publisher of a real offer, packets made by hand, and what came out.</summary>
internal sealed class ReceiverFixture : IRtpReceiverListener
{
    public const string Chromium = "chromium156-offer-sendonly-simulcast-vp8";
    public const string ChromiumPlain = "chromium156-offer-sendonly-plain";
    public const string Firefox = "firefox153esr-offer-sendonly-simulcast";
    public const string Aiortc = "aiortc1.4-offer-sendonly-h264";
    public const uint LocalSsrc = 77;
    public const long Millisecond = MonotonicClock.TicksPerMillisecond;

    public ReceiverFixture(string offer, ReceiverOptions? options = null)
        : this(NegotiationOf(Offers.Read(offer)), options)
    {
    }

    public ReceiverFixture(PublisherNegotiation negotiation, ReceiverOptions? options = null)
    {
        Negotiation = negotiation;
        Receiver = new RtpReceiver(negotiation.Sections, LocalSsrc, "us", this, options);
    }

    public PublisherNegotiation Negotiation { get; }

    public RtpReceiver Receiver { get; }

    public BufferPool Pool { get; } = new();

    public long Now { get; set; } = 5000 * Millisecond;

    /// <summary><c>rid:number[:payload length][K]</c> of each packet that was handed on, and events.</summary>
    public List<string> Log { get; } = [];

    public IncomingPacket Last { get; private set; }

    public byte[] LastPayload { get; private set; } = [];

    /// <summary>NACKs as <c>nack ssrc: numbers</c>, and so on.</summary>
    public List<string> Rtcp { get; } = [];

    public int DeadlineChanges { get; private set; }

    public bool IsQuiet { get; set; }

    public long PacketCount { get; private set; }

    public static PublisherNegotiation NegotiationOf(string offer, ReceivableMedia? media = null)
    {
        using RandomNumberGenerator random = RandomNumberGenerator.Create();
        var local = new LocalPeer(new IceCredentials("A2345678", "0123456789abcdef01234567"), [], Fingerprint.OfCertificate([1]), random);
        Assert.True(
            OfferAnswer.TryAnswerPublisher(
                SdpReaderTests.Read(offer), media ?? ReceivableMedia.Default, local, out PublisherNegotiation? negotiation, out NegotiationFailure? failure),
            failure?.Detail);
        return negotiation!;
    }

    public static byte[] Packet(
        uint ssrc, int payloadType, int number, uint timestamp, byte[] payload, bool marker = false, int padding = 0,
        params (int Id, byte[] Data)[] extensions)
    {
        byte[] packet = new byte[200 + payload.Length + padding];
        var header = new RtpHeader { PayloadType = (byte)payloadType, Marker = marker, SequenceNumber = (ushort)number, Timestamp = timestamp, Ssrc = ssrc };
        int at = header.Write(packet);
        var writer = new HeaderExtensionWriter(packet);
        foreach ((int id, byte[] data) in extensions) writer.Add(id, data);
        if (extensions.Length > 0) at = writer.Finish();
        payload.CopyTo(packet, at);
        at += payload.Length + padding;
        if (padding > 0)
        {
            packet[0] |= 0x20;
            packet[at - 1] = (byte)padding;
        }

        return packet[..at];
    }

    public static (int Id, byte[] Data) Text(int id, string text) => (id, Encoding.ASCII.GetBytes(text));

    public static (int Id, byte[] Data) Number(int id, ushort number) => (id, [(byte)(number >> 8), (byte)number]);

    public void Receive(byte[] packet)
    {
        using PooledBuffer buffer = Pool.RentCopy(packet);
        if (RtpHeader.TryParse(packet, out RtpHeader header)) Receiver.Receive(new ReceivedRtp(buffer, packet.Length, header), Now);
    }

    /// <summary>A packet of VP8; the payload's first packet of a keyframe, or of another frame.</summary>
    public void Vp8(uint ssrc, int payloadType, int number, uint timestamp = 0, bool isKeyframe = false, params (int Id, byte[] Data)[] extensions) =>
        Receive(Packet(ssrc, payloadType, number, timestamp, [0x10, isKeyframe ? (byte)0 : (byte)1, 1, 2], extensions: extensions));

    public void Rtx(uint ssrc, int payloadType, int number, int original, byte[] payload, uint timestamp = 0, params (int Id, byte[] Data)[] extensions)
    {
        byte[] whole = new byte[2 + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(whole, (ushort)original);
        payload.CopyTo(whole, 2);
        Receive(Packet(ssrc, payloadType, number, timestamp, whole, extensions: extensions));
    }

    public delegate void Compose(ref RtcpWriter writer);

    public void TakeRtcp(Compose compose)
    {
        var writer = new RtcpWriter(new byte[1000]);
        compose(ref writer);
        var reader = new RtcpReader(writer.Written);
        while (reader.TryRead(out RtcpPacket packet)) Receiver.OnRtcp(packet, Now);
    }

    /// <summary>Steps the clock to each deadline.</summary>
    public void Run(int milliseconds)
    {
        long end = Now + (milliseconds * Millisecond);
        while (Receiver.NextDeadline <= end)
        {
            Now = Math.Max(Now, Receiver.NextDeadline);
            Receiver.Advance(Now);
        }

        Now = end;
    }

    public void OnStarted(IncomingEncoding encoding, long now) => Log.Add($"started {encoding.Section.Mid}{encoding.Rid}");

    public void OnPacket(IncomingEncoding encoding, in IncomingPacket packet, long now)
    {
        PacketCount++;
        if (IsQuiet) return;
        Last = packet;
        LastPayload = packet.Packet.Slice.ToArray();
        string size = packet.Packet.Length == 0 ? ":0" : "";
        Log.Add($"{encoding.Section.Mid}{encoding.Rid}:{packet.Packet.SequenceNumber}{size}{(packet.Packet.StartsKeyframe ? "K" : "")}");
    }

    public void OnSenderReport(IncomingEncoding encoding, in SenderInfo info, long now) => Log.Add($"report {encoding.Section.Mid}{encoding.Rid}");

    public void OnBye(IncomingEncoding encoding, long now) => Log.Add($"bye {encoding.Section.Mid}{encoding.Rid}");

    public void SendRtcp(ReadOnlySpan<byte> compound)
    {
        if (IsQuiet) return;
        var reader = new RtcpReader(compound);
        while (reader.TryRead(out RtcpPacket packet)) Rtcp.Add(Describe(packet));
        Assert.False(reader.IsMalformed);
    }

    public void OnDeadlineChanged() => DeadlineChanges++;

    private static string Describe(in RtcpPacket packet)
    {
        if (Nack.TryParse(packet, out Nack nack))
        {
            ushort[] lost = new ushort[nack.Count];
            nack.CopyTo(lost);
            return $"nack {nack.MediaSsrc}: {string.Join(' ', lost)}";
        }

        if (PictureLossIndication.TryParse(packet, out PictureLossIndication loss)) return $"pli {loss.MediaSsrc}";
        if (FullIntraRequest.TryParse(packet, out FullIntraRequest request)) return $"fir {request[0].MediaSsrc}";
        if (ReceiverReport.TryParse(packet, out ReceiverReport report)) return $"rr {report.Blocks.Count}";
        if (TransportFeedback.TryParse(packet, out TransportFeedback feedback)) return $"twcc {feedback.BaseSequenceNumber}+{feedback.StatusCount}";
        if (Remb.TryParse(packet, out Remb remb)) return $"remb {remb.BitsPerSecond / 1000}";
        return packet.Type.ToString();
    }
}
