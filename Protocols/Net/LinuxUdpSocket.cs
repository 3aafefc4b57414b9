using System.Net;

namespace Protocols.Net;

/// <summary>
/// A dual-stack UDP socket of Linux, read by recvmmsg and written by sendmmsg, with packet information both ways.
/// Datagrams of one route that lie side by side go to the kernel as one message, and come from it as one: its way through
/// the network stack is most of what a packet costs.
/// </summary>
internal sealed unsafe class LinuxUdpSocket : UdpSocket
{
    /// <summary>A burst of a thousand viewers' feedback fits; the kernel halves it without privileges (net.core.rmem_max).</summary>
    private const int WantedBuffer = 8 << 20;

    /// <summary>Batches taken in one turn before timers get theirs.</summary>
    private const int BatchesPerTurn = 4;

    /// <summary>The largest message that the kernel puts together; memory that is not used is not taken up.</summary>
    private const int MaxReceivedMessage = 1 << 16;

    private readonly RouteCodec _codec;
    private readonly MessageBatch _received = new();
    private readonly MessageBatch _toSend = new();
    private readonly int[] _datagrams = new int[MessageBatch.Size]; // in each message to send
    private readonly Segmentation _segmentation;
    private readonly int _slot;
    private readonly byte[] _ring;
    private readonly int _receiveBuffer;
    private int _descriptor;

    private LinuxUdpSocket(int descriptor, bool isIPv4Only, bool coalesces, int port)
    {
        _descriptor = descriptor;
        Port = port;
        _codec = new RouteCodec(isIPv4Only, port);
        _receiveBuffer = GetOption(descriptor, Libc.SOL_SOCKET, Libc.SO_RCVBUF);
        _segmentation = new Segmentation(GetOption(descriptor, Libc.SOL_UDP, Libc.UDP_SEGMENT) >= 0);
        _slot = coalesces && TrySet(descriptor, Libc.SOL_UDP, Libc.UDP_GRO, 1) ? MaxReceivedMessage : UdpEndpoint.MaxDatagram;
        _ring = GC.AllocateUninitializedArray<byte>(MessageBatch.Size * _slot, pinned: true);
        fixed (byte* ring = _ring)
        {
            // Pinned for good, so the address stays true.
            for (int i = 0; i < MessageBatch.Size; i++)
                _received.Vectors[i] = new Libc.IoVector { Base = ring + (i * _slot), Length = (nuint)_slot };
        }
    }

    public int Descriptor => _descriptor;

    public override int Port { get; }

    public override int ReceiveBufferSize => _receiveBuffer;

    public override long KernelDrops
    {
        get
        {
            // struct sk_meminfo: the ninth word counts drops
            const int Words = 9;
            uint* words = stackalloc uint[Words];
            uint length = Words * sizeof(uint);
            return Libc.getsockopt(_descriptor, Libc.SOL_SOCKET, Libc.SO_MEMINFO, words, &length) == 0 && length == Words * sizeof(uint)
                ? words[Words - 1]
                : -1;
        }
    }

    /// <param name="isIPv4Only">Also what a kernel without IPv6 comes to by itself.</param>
    /// <param name="coalesces">Takes bursts of a peer in one piece, which costs memory for their length.</param>
    public static LinuxUdpSocket Open(int port, bool isShared, bool isIPv4Only = false, bool coalesces = true)
    {
        const int Type = Libc.SOCK_DGRAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC;
        int descriptor = isIPv4Only ? -1 : Libc.socket(Libc.AF_INET6, Type, 0);
        isIPv4Only |= descriptor < 0 && Libc.Error == Libc.EAFNOSUPPORT;
        if (isIPv4Only) descriptor = Libc.socket(Libc.AF_INET, Type, 0);
        if (descriptor < 0) throw Libc.Failure("UDP socket");
        try
        {
            Configure(descriptor, isIPv4Only, isShared);
            return new LinuxUdpSocket(descriptor, isIPv4Only, coalesces, Bind(descriptor, isIPv4Only, port));
        }
        catch
        {
            _ = Libc.close(descriptor);
            throw;
        }
    }

    /// <summary>For tests: what is sent has no checksum (IPv4), as with a device that can't make any.</summary>
    internal void SendWithoutChecksums() => Require(_descriptor, Libc.SOL_SOCKET, Libc.SO_NO_CHECK, 1);

    public override void Receive(IDatagramReceiver receiver, UdpStatistics statistics, long now)
    {
        for (int batch = 0; batch < BatchesPerTurn; batch++)
        {
            for (int i = 0; i < MessageBatch.Size; i++) _received.Open(i);
            int count = Libc.recvmmsg(_descriptor, _received.Headers, MessageBatch.Size, Libc.MSG_DONTWAIT, null);
            for (int i = 0; i < count; i++) HandOn(i, receiver, statistics, now);
            // What else it can be (nothing there, an ICMP error of an earlier send) the next turn will see.
            if (count < MessageBatch.Size) return;
        }
    }

    public override bool Send(SendQueue queue, UdpStatistics statistics)
    {
        while (!queue.IsEmpty)
        {
            int count = Fill(queue);
            int sent = Libc.sendmmsg(_descriptor, _toSend.Headers, (uint)count, Libc.MSG_DONTWAIT);
            if (sent > 0)
            {
                for (int i = 0; i < sent; i++)
                {
                    statistics.BytesSent += (long)_toSend.Vectors[i].Length;
                    statistics.DatagramsSent += _datagrams[i];
                    queue.Skip(_datagrams[i]);
                }

                statistics.MessagesSent += sent;
                continue;
            }

            int error = Libc.Error;
            if (error == Libc.EINTR) continue;
            if (error is Libc.EAGAIN or Libc.ENOBUFS) return false;
            OnRefused(queue, statistics, error);
        }

        return true;
    }

    // The first message is at fault; the others may go.
    private void OnRefused(SendQueue queue, UdpStatistics statistics, int error)
    {
        if (_datagrams[0] > 1 && Segmentation.IsRefusal(error))
        {
            _segmentation.Forbid(queue.Runs[0].Route);
            statistics.SegmentationRefusals++;
            return;
        }

        statistics.SendErrors += _datagrams[0];
        statistics.LastSendError = error;
        queue.Skip(_datagrams[0]);
    }

    public override void Dispose()
    {
        if (_descriptor < 0) return;
        _ = Libc.close(_descriptor);
        _descriptor = -1;
        _received.Dispose();
        _toSend.Dispose();
    }

    private void HandOn(int index, IDatagramReceiver receiver, UdpStatistics statistics, long now)
    {
        ref Libc.MessageHeader header = ref _received.Headers[index];
        int length = (int)header.Transferred;
        statistics.BytesReceived += length;
        bool isRead = _codec.TryRead(_received.Name(index), _received.Control(index)[..(int)header.ControlLength], out Route route, out int segment);
        if (segment <= 0) segment = Math.Max(1, length);
        Span<byte> message = _ring.AsSpan(index * _slot, length);
        do
        {
            Span<byte> datagram = message[..Math.Min(segment, message.Length)];
            message = message[datagram.Length..];
            statistics.DatagramsReceived++;
            if ((header.Flags & Libc.MSG_TRUNC) != 0 || datagram.Length > UdpEndpoint.MaxDatagram) statistics.DatagramsTruncated++;
            else if (isRead) receiver.OnDatagram(datagram, route, now);
        }
        while (!message.IsEmpty);
    }

    // A run is one message where the kernel can cut it, else one for each datagram, all with the address of the run's slot.
    private int Fill(SendQueue queue)
    {
        int count = 0, slot = 0;
        fixed (byte* memory = queue.Memory)
        {
            foreach (ref readonly SendRun run in queue.Runs)
            {
                _codec.Write(run.Route, _toSend.Name(slot), _toSend.Control(slot));
                bool isCut = run.Count > 1 && _segmentation.IsAllowed(run.Route);
                if (isCut) _codec.WriteSegmentLength(_toSend.Control(slot), run.SegmentLength);
                int step = isCut ? run.Length : run.SegmentLength;
                for (int at = run.Offset; at < run.End; at += step)
                {
                    _datagrams[count] = isCut ? run.Count : 1;
                    _toSend.Vectors[count] = new Libc.IoVector { Base = memory + at, Length = (nuint)Math.Min(step, run.End - at) };
                    _toSend.Aim(count, slot, _codec.NameLength, isCut ? _codec.SegmentedControlLength : _codec.ControlLength);
                    if (++count == MessageBatch.Size) return count;
                }

                slot++;
            }
        }

        return count;
    }

    private static void Configure(int descriptor, bool isIPv4Only, bool isShared)
    {
        if (isIPv4Only)
        {
            Require(descriptor, Libc.IPPROTO_IP, Libc.IP_PKTINFO, 1);
        }
        else
        {
            Require(descriptor, Libc.IPPROTO_IPV6, Libc.IPV6_V6ONLY, 0);
            Require(descriptor, Libc.IPPROTO_IPV6, Libc.IPV6_RECVPKTINFO, 1);
        }

        if (isShared) Require(descriptor, Libc.SOL_SOCKET, Libc.SO_REUSEPORT, 1);
        // With privileges past the system's limit, else as far as it goes.
        if (!TrySet(descriptor, Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, WantedBuffer)) TrySet(descriptor, Libc.SOL_SOCKET, Libc.SO_RCVBUF, WantedBuffer);
        if (!TrySet(descriptor, Libc.SOL_SOCKET, Libc.SO_SNDBUFFORCE, WantedBuffer)) TrySet(descriptor, Libc.SOL_SOCKET, Libc.SO_SNDBUF, WantedBuffer);
    }

    private static int Bind(int descriptor, bool isIPv4Only, int port)
    {
        var codec = new RouteCodec(isIPv4Only, port);
        Span<byte> name = stackalloc byte[32];
        codec.WriteAddress(TransportAddress.From(isIPv4Only ? IPAddress.Any : IPAddress.IPv6Any, port), name);
        fixed (byte* address = name)
        {
            if (Libc.bind(descriptor, address, (uint)codec.NameLength) != 0) throw Libc.Failure($"UDP port {port}");
            uint length = (uint)name.Length;
            if (Libc.getsockname(descriptor, address, &length) != 0) throw Libc.Failure($"UDP port {port}");
        }

        return codec.ReadAddress(name).Port;
    }

    private static bool TrySet(int descriptor, int level, int name, int value) =>
        Libc.setsockopt(descriptor, level, name, &value, sizeof(int)) == 0;

    private static void Require(int descriptor, int level, int name, int value)
    {
        if (!TrySet(descriptor, level, name, value)) throw Libc.Failure($"UDP socket option {level}/{name}");
    }

    private static int GetOption(int descriptor, int level, int name)
    {
        int value = 0;
        uint length = sizeof(int);
        return Libc.getsockopt(descriptor, level, name, &value, &length) == 0 ? value : -1;
    }
}
