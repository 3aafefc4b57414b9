using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Bench.Shared;

namespace Bench.Load;

/// <summary>
/// Sends plain RTP on a thread of its own: H.264 in bursts of a frame, thirty frames a second with a keyframe each two
/// seconds, or sound each 20 ms. Each payload carries the time at which it left.
/// </summary>
internal sealed class RtpSource : IDisposable
{
    private const int FramesPerSecond = 30;
    private const int FramesPerKeyframe = 2 * FramesPerSecond;
    private const int HeaderLength = 12;
    private const int ShortestPayload = Stamp.End + 4;
    private const uint Ssrc = 0x11223344;
    private const int SourcePortShift = 10_000;

    private static readonly byte[] s_sps = [0x67, 0x42, 0xE0, 0x1F, 0x95, 0xA0, 0x28, 0x0B, 0xFE, 0x54];
    private static readonly byte[] s_pps = [0x68, 0xCE, 0x3C, 0x80];

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly LoadOptions _options;
    private readonly int[][]? _sizes;
    private readonly byte[] _packet = new byte[2000];
    private readonly Thread _thread;
    private ushort _sequence = 1000;
    private volatile bool _stopping;

    public RtpSource(LoadOptions options, int port)
    {
        _options = options;
        if (options.SizesFile is { } file) _sizes = [.. File.ReadLines(file).Where(line => line.Length > 0 && line[0] != '#').Select(Sizes)];
        // Servers that keep to the first sender's port take the next run's as well.
        if (options.SendsOnly) _socket.Bind(new IPEndPoint(IPAddress.Loopback, port + SourcePortShift));
        _socket.Connect(IPAddress.Parse(options.RtpHost), port);
        _thread = new Thread(Run) { IsBackground = true, Name = "RTP source" };
        _thread.Start();
    }

    public long Sent { get; private set; }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _socket.Dispose();
    }

    private static int[] Sizes(string line) =>
        [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];

    private void Run()
    {
        double perSecond = _options.IsAudio ? 50 : FramesPerSecond;
        long start = ViewerLoop.Now;
        for (long frame = 0; !_stopping; frame++)
        {
            long due = start + (long)(frame * TimeSpan.TicksPerSecond / perSecond);
            while (due - ViewerLoop.Now is > 0 and var left) Thread.Sleep(TimeSpan.FromTicks(left));
            if (_options.IsAudio) SendSound(frame);
            else SendFrame(frame);
        }
    }

    private void SendSound(long frame)
    {
        Begin(ViewerOffer.Opus, marker: false, (uint)(frame * 960));
        Span<byte> payload = _packet.AsSpan(HeaderLength, Math.Max(ShortestPayload, _options.PacketSize - HeaderLength));
        payload[0] = 0x78; // CELT, 20 ms, one frame
        Send(payload.Length);
    }

    private void SendFrame(long frame)
    {
        bool isKeyframe = frame % FramesPerKeyframe == 0;
        long usual = ((frame + 1) * _options.PacketsPerSecond / FramesPerSecond) - (frame * _options.PacketsPerSecond / FramesPerSecond);
        int[]? sizes = _sizes?[frame % _sizes.Length];
        int count = sizes?.Length ?? (int)usual;
        uint timestamp = (uint)(frame * 90_000 / FramesPerSecond);
        if (isKeyframe) SendParameterSets(timestamp);
        for (int i = 0; i < count; i++)
        {
            Begin(ViewerOffer.H264, marker: i == count - 1, timestamp);
            int length = Math.Max(ShortestPayload, (sizes?[i] ?? _options.PacketSize) - HeaderLength);
            Span<byte> payload = _packet.AsSpan(HeaderLength, length);
            payload[0] = 0x7C; // FU-A (RFC 6184 §5.8)
            payload[1] = (byte)((isKeyframe ? 5 : 1) | (i == 0 ? 0x80 : 0) | (i == count - 1 && i > 0 ? 0x40 : 0));
            payload[2] = (byte)(isKeyframe ? 0x88 : 0x9A);
            payload[3] = 0x84;
            Send(length);
        }
    }

    // STAP-A (RFC 6184 §5.7.1).
    private void SendParameterSets(uint timestamp)
    {
        Begin(ViewerOffer.H264, marker: false, timestamp);
        Span<byte> payload = _packet.AsSpan(HeaderLength);
        payload[0] = 0x78;
        int length = 1;
        foreach (byte[] unit in new[] { s_sps, s_pps })
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload[length..], (ushort)unit.Length);
            unit.CopyTo(payload[(length + 2)..]);
            length += 2 + unit.Length;
        }

        _socket.Send(_packet.AsSpan(0, HeaderLength + length));
        Sent++;
    }

    private void Begin(int payloadType, bool marker, uint timestamp)
    {
        Span<byte> header = _packet;
        header[HeaderLength..].Fill(0xA5);
        header[0] = 0x80;
        header[1] = (byte)(payloadType | (marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], _sequence++);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], Ssrc);
    }

    private void Send(int length)
    {
        Stamp.Write(_packet.AsSpan(HeaderLength), ViewerLoop.Now);
        _socket.Send(_packet.AsSpan(0, HeaderLength + length));
        Sent++;
    }
}
