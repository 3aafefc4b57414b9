using System.Net;
using System.Net.Sockets;
using Ingest.Rtp;
using Media.Rtp;
using Media.Scheduling;
using Protocols.Net;
using Protocols.Rtcp;
using Protocols.Sdp;
using Rooms;
using Rooms.Publishing;
using TestKit;
using TestKit.Processes;

namespace Ingest.Tests.Rtp;

/// <summary>The entrance for plain RTP on real loopback sockets and a stepped clock.</summary>
internal sealed class RtpFixture : IDisposable
{
    public const string Picture = "v=0\nm=video 9 RTP/AVPF 96\na=rtpmap:96 VP8/90000\na=rtcp-fb:96 nack pli\n";
    public const string Both = Picture + "m=audio 9 RTP/AVP 111\na=rtpmap:111 opus/48000/2\n";

    private readonly NetworkWaiter _waiter;

    public RtpFixture(int pairs = 3)
    {
        int first = FreePorts.Row(2 * pairs);
        Ports = new PortPairs(first, first + (2 * pairs) - 1);
        _waiter = NetworkWaiter.Create(Room.Test.Clock);
        Ingest = new RtpIngest(Room.Registry, Ports, _ => _waiter);
        Ingest.Closed += (_, reason, _) => Closed.Add(reason);
    }

    public TestRoom Room { get; } = new();

    public PortPairs Ports { get; }

    public RtpIngest Ingest { get; }

    public List<CloseReason> Closed { get; } = [];

    public Publication Publication => Room.Registry.Find("demo", "main")!;

    public RtpPublishAnswer Publish(string sdp, string owner = "a", string name = "main")
    {
        Assert.True(SdpReader.TryRead(sdp, out SessionDescription description, out string error), error);
        var request = new RtpPublishRequest(new PublishRequest("demo", name, RtpPublisher.Entrance, owner), description, IPAddress.Loopback);
        Task<RtpPublishAnswer> task = Ingest.PublishAsync(request);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                Room.Test.Run();
                return task.IsCompleted;
            },
            TimeSpan.FromSeconds(20)));
        return task.Result;
    }

    /// <summary>Takes what has come to the sockets; loopback delivers at once.</summary>
    public void Pump()
    {
        for (int i = 0; i < 3; i++)
        {
            _waiter.Wait(0);
            Room.Test.Run();
            _waiter.Flush();
        }
    }

    public void Advance(double seconds)
    {
        Pump();
        Room.Test.AdvanceMilliseconds(seconds * 1000);
        Pump();
    }

    public void Dispose()
    {
        Room.Registry.Close();
        Room.Test.Run();
        _waiter.Dispose();
    }
}

/// <summary>An encoder's side: one socket for both, its packets and its reports.</summary>
internal sealed class RtpTestSender : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 2000 };
    private readonly int _port;
    private readonly int _payloadType;

    public RtpTestSender(int port, uint ssrc = 1, int payloadType = 96)
    {
        (_port, _payloadType, Ssrc) = (port, payloadType, ssrc);
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    public uint Ssrc { get; set; }

    public ushort Number { get; set; } = 65_530;

    public uint Timestamp { get; set; } = 4_294_900_000;

    public void Send(params byte[] payload)
    {
        byte[] packet = new byte[RtpHeader.FixedLength + payload.Length];
        new RtpHeader { PayloadType = (byte)_payloadType, Marker = true, SequenceNumber = Number++, Timestamp = Timestamp, Ssrc = Ssrc }.Write(packet);
        Timestamp += 3000;
        payload.CopyTo(packet, RtpHeader.FixedLength);
        SendRaw(packet);
    }

    /// <summary>One picture of one packet.</summary>
    public void Picture(bool isKeyframe, byte mark) => Send(0x10, isKeyframe ? (byte)0 : (byte)1, mark, 0, 0x9d, 0x01, 0x2a, 32, 0, 32, 0);

    public void SendRaw(byte[] datagram) => _socket.SendTo(datagram, new IPEndPoint(IPAddress.Loopback, _port));

    public void Bye()
    {
        var writer = new RtcpWriter(new byte[100]);
        writer.WriteReceiverReport(Ssrc);
        writer.WriteBye(Ssrc);
        _socket.SendTo(writer.Written, new IPEndPoint(IPAddress.Loopback, _port + 1));
    }

    /// <summary>What came back, packet types one by one.</summary>
    public List<RtcpPacketType> Received()
    {
        var types = new List<RtcpPacketType>();
        byte[] buffer = new byte[2048];
        while (_socket.Available > 0)
        {
            var reader = new RtcpReader(buffer.AsSpan(0, _socket.Receive(buffer)));
            while (reader.TryRead(out RtcpPacket packet)) types.Add(packet.Type);
        }

        return types;
    }

    public void Report()
    {
        var writer = new RtcpWriter(new byte[100]);
        writer.WriteSenderReport(new SenderInfo(Ssrc, 1, Timestamp, 1, 1));
        _socket.SendTo(writer.Written, new IPEndPoint(IPAddress.Loopback, _port + 1));
    }

    public void Dispose() => _socket.Dispose();
}
