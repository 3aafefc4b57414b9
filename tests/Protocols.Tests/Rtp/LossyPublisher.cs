using System.Buffers.Binary;
using Media.Rtp;
using Protocols.Rtcp;
using TestKit.WebRtc;

namespace Protocols.Tests.Rtp;

/// <summary>What a browser does at its end: sends 30 frames a second of VP8 and answers NACKs by RTX and PLIs by keyframes.</summary>
internal sealed class LossyPublisher(WebRtcTestPeer peer, uint ssrc, uint rtxSsrc)
{
    private const int PacketsPerFrame = 6;
    private const int TransportCc = 3;

    private readonly Dictionary<ushort, byte[]> _sent = [];
    private ushort _number = 65_000;
    private ushort _rtxNumber = 7;
    private ushort _transportNumber = 65_500;
    private int _frame;
    private int _readRtcp;
    private bool _isKeyframeWanted = true;

    public int Frames => _frame;

    public int Keyframes { get; private set; }

    public int Retransmissions { get; private set; }

    public int TransportNumbers { get; private set; }

    public int TransportTold { get; private set; }

    public byte LastFractionLost { get; private set; }

    public void SendFrame()
    {
        for (int i = 0; i < PacketsPerFrame; i++)
        {
            byte[] payload = new byte[900];
            payload[0] = i == 0 ? (byte)0x10 : (byte)0;
            payload[1] = _isKeyframeWanted && i == 0 ? (byte)0 : (byte)1;
            BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(4), _frame);
            byte[] packet = Numbered(ssrc, 96, _number, payload, i == PacketsPerFrame - 1);
            _sent[_number++] = packet;
            peer.SendRtp(packet);
        }

        if (_isKeyframeWanted) Keyframes++;
        _isKeyframeWanted = false;
        _frame++;
    }

    /// <summary>Reads what came since the last time.</summary>
    public void ReadRtcp()
    {
        for (; _readRtcp < peer.ReceivedRtcp.Count; _readRtcp++)
        {
            var reader = new RtcpReader(peer.ReceivedRtcp[_readRtcp]);
            while (reader.TryRead(out RtcpPacket packet)) Take(packet);
        }
    }

    private void Take(in RtcpPacket packet)
    {
        if (PictureLossIndication.TryParse(packet, out _)) _isKeyframeWanted = true;
        if (ReceiverReport.TryParse(packet, out ReceiverReport report) && report.Blocks.Count > 0) LastFractionLost = report.Blocks[0].FractionLost;
        if (TransportFeedback.TryParse(packet, out TransportFeedback feedback)) TransportTold += feedback.StatusCount;
        if (ExtendedReport.TryParse(packet, out ExtendedReport reference)) Answer(reference);
        if (!Nack.TryParse(packet, out Nack nack)) return;
        ushort[] lost = new ushort[nack.Count];
        nack.CopyTo(lost);
        foreach (ushort number in lost) Resend(number);
    }

    private void Answer(in ExtendedReport reference)
    {
        var writer = new RtcpWriter(new byte[100]);
        writer.WriteDelaySinceLastReceiverReport(ssrc, reference.SenderSsrc, (uint)(reference.NtpTime >> 16), 0);
        peer.SendRtcp(writer.Written);
    }

    private void Resend(ushort number)
    {
        if (!_sent.TryGetValue(number, out byte[]? packet) || !RtpHeader.TryParse(packet, out RtpHeader header)) return;
        Retransmissions++;
        byte[] payload = [(byte)(number >> 8), (byte)number, .. packet.AsSpan(header.Length)];
        peer.SendRtp(Numbered(rtxSsrc, 97, _rtxNumber++, payload, header.Marker, header.Timestamp));
    }

    private byte[] Numbered(uint source, int payloadType, ushort number, byte[] payload, bool marker, uint? timestamp = null)
    {
        TransportNumbers++;
        return ReceiverFixture.Packet(
            source, payloadType, number, timestamp ?? (uint)_frame * 3000, payload, marker, 0, ReceiverFixture.Number(TransportCc, _transportNumber++));
    }
}
