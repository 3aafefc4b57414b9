using System.Buffers.Binary;
using System.Text;
using Media.Rtp;
using Protocols.Rtcp;

namespace TestKit.WebRtc;

/// <summary>One stream that a test peer sends: numbers, timestamps, and the header extensions of its section.</summary>
public sealed class TestSender(WebRtcTestPeer peer, uint ssrc, int payloadType, string mid, int clockRate, ushort firstNumber = 65_000)
{
    private ushort _transportNumber = (ushort)ssrc;

    public uint Ssrc { get; } = ssrc;

    public ushort Number { get; set; } = firstNumber;

    public uint Timestamp { get; set; } = 4_000_000_000;

    /// <summary>The encoding's name, in each packet; null = none.</summary>
    public string? Rid { get; init; }

    /// <summary>How far below the loudest the next packets are, in dB (RFC 6464); null = not told.</summary>
    public byte? Level { get; set; }

    /// <summary>Payloads in the order in which they were sent.</summary>
    public List<byte[]> Sent { get; } = [];

    public static TestSender Video(WebRtcTestPeer peer, uint ssrc = 0x1111) => new(peer, ssrc, WhipOffer.VideoType, WhipOffer.VideoMid, 90_000);

    public static TestSender Audio(WebRtcTestPeer peer, uint ssrc = 0x2222) => new(peer, ssrc, WhipOffer.OpusType, WhipOffer.AudioMid, 48_000);

    public void Send(byte[] payload, bool marker = true)
    {
        ArgumentNullException.ThrowIfNull(payload);
        Sent.Add(payload);
        SendAs(Number++, payload, marker);
    }

    /// <summary>Sends a packet with that number; an empty payload becomes padding.</summary>
    public void SendAs(ushort number, byte[] payload, bool marker = true)
    {
        ArgumentNullException.ThrowIfNull(payload);
        byte[] packet = new byte[payload.Length + 64];
        var header = new RtpHeader
        {
            PayloadType = (byte)payloadType, Marker = marker, SequenceNumber = number, Timestamp = Timestamp, Ssrc = Ssrc,
        };
        var extensions = new HeaderExtensionWriter(packet, header.Write(packet));
        extensions.AddUInt16(WhipOffer.TransportCcExtension, _transportNumber++);
        extensions.Add(WhipOffer.MidExtension, Encoding.ASCII.GetBytes(mid));
        if (Rid is not null) extensions.Add(SendingOffer.RidExtension, Encoding.ASCII.GetBytes(Rid));
        if (Level is { } level) extensions.Add(SendingOffer.AudioLevelExtension, [level]);
        int length = extensions.Finish();
        payload.CopyTo(packet, length);
        length += payload.Length;
        if (payload.Length == 0)
        {
            packet[0] |= 0x20;
            packet[length + 3] = 4;
            length += 4;
        }

        peer.SendRtp(packet.AsSpan(0, length));
    }

    public void Step(double milliseconds) => Timestamp += (uint)(clockRate * milliseconds / 1000);

    /// <summary>Says which wall clock belongs to the current timestamp.</summary>
    public void Report(DateTimeOffset wallClock)
    {
        var writer = new RtcpWriter(new byte[100]);
        writer.WriteSenderReport(new SenderInfo(Ssrc, SenderInfo.ToNtpTime(wallClock), Timestamp, (uint)Sent.Count, 0));
        peer.SendRtcp(writer.Written);
    }

    /// <summary>How often the gateway asked this stream for a keyframe.</summary>
    public int KeyframeRequests => peer.ReceivedRtcp.Count(IsRequest);

    private bool IsRequest(byte[] compound)
    {
        var reader = new RtcpReader(compound);
        while (reader.TryRead(out RtcpPacket packet))
            if (PictureLossIndication.TryParse(packet, out PictureLossIndication loss) && loss.MediaSsrc == Ssrc) return true;
        return false;
    }

    /// <summary>A VP8 payload of a picture in one packet, with a picture id and something to recognize it by.</summary>
    public static byte[] Vp8(int picture, bool isKeyframe, int length = 200, int width = 640, int height = 360)
    {
        byte[] payload = new byte[length];
        byte[] start = [0x90, 0x80, (byte)(0x80 | (picture >> 8)), (byte)picture, (byte)(isKeyframe ? 0x10 : 0x11), 0x02, 0x00];
        start.CopyTo(payload, 0);
        byte[] size = [0x9d, 0x01, 0x2a, (byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8)];
        if (isKeyframe) size.CopyTo(payload, start.Length);
        BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(length - 4), picture);
        return payload;
    }

    public static byte[] Opus(int index)
    {
        byte[] payload = new byte[40];
        payload[0] = 0x78; // CELT, 20 ms, one frame
        BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(36), index);
        return payload;
    }
}
