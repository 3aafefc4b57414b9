using System.Net;
using Protocols.Srtp;

namespace Protocols.Net;

/// <summary>
/// One UDP port for all WebRTC sessions of a loop: knows addresses, not protocols. Receives in batches, queues what is
/// sent and gives it to the kernel at the end of the turn. Everything but opening belongs to the loop's thread.
/// </summary>
public sealed class UdpEndpoint : IDatagramSender, IDisposable
{
    /// <summary>The longest datagram that is received whole: an Ethernet frame's worth.</summary>
    public const int MaxDatagram = 2048;

    /// <summary>
    /// Sixteen viewers' bursts: what has just been written is still in the processor's cache when the kernel reads it.
    /// </summary>
    private const int FlushAt = 256 << 10;

    private const int FeedbackQueue = 8 * MaxDatagram;
    private const int FeedbackRuns = 16;

    private readonly UdpSocket _socket;
    private readonly IDatagramReceiver _receiver;
    private readonly SendQueue _queue;
    private Route _reservedRoute;

    private UdpEndpoint(UdpSocket socket, IDatagramReceiver receiver, SendQueue? queue = null)
    {
        _socket = socket;
        _receiver = receiver;
        _queue = queue ?? new SendQueue();
    }

    /// <summary>How many loops can share a port on this system.</summary>
    public static int MaxLoops => OperatingSystem.IsLinux() ? Ice.IceCredentials.MaxLoops : 1;

    public int Port => _socket.Port;

    /// <summary>What the system granted of the large receive buffer that was asked for.</summary>
    public int ReceiveBufferSize => _socket.ReceiveBufferSize;

    public UdpStatistics Statistics { get; } = new();

    /// <summary>Datagrams that the system dropped before we saw them; -1 = it does not say.</summary>
    public long KernelDrops => _socket.KernelDrops;

    /// <summary>For what is written into the send ring; completed before the kernel sees any of it.</summary>
    public SrtpBatch Batch => _queue.Batch;

    SrtpBatch? IDatagramSender.Batch => _queue.Batch;

    /// <summary>Something is queued that the kernel would not take yet.</summary>
    internal bool IsBlocked { get; private set; }

    internal UdpSocket Socket => _socket;

    /// <summary>Opens the port on all addresses, IPv4 and IPv6. Throws where another process has it.</summary>
    /// <param name="port">0 = any free one.</param>
    /// <exception cref="IOException">The port can't be had; the message says why.</exception>
    public static UdpEndpoint Open(int port, IDatagramReceiver receiver) => OpenAll(port, [receiver])[0];

    /// <summary>
    /// Opens one socket per receiver on the same port; the kernel spreads peers over them by address. All at once: a
    /// socket that joined later would move other people's flows.
    /// </summary>
    /// <exception cref="IOException">The port can't be had; the message says why.</exception>
    public static IReadOnlyList<UdpEndpoint> OpenAll(int port, IReadOnlyList<IDatagramReceiver> receivers)
    {
        ArgumentNullException.ThrowIfNull(receivers);
        ArgumentOutOfRangeException.ThrowIfZero(receivers.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(receivers.Count, MaxLoops);
        if (!OperatingSystem.IsLinux()) return [OpenPortable(port, [.. InterfaceAddress.ReadAll().Select(own => own.Address)], receivers[0])];

        // A shared port would let another process in as well, so a bind that shares with nobody comes first.
        LinuxUdpSocket alone = LinuxUdpSocket.Open(port, isShared: false);
        if (receivers.Count == 1) return [new UdpEndpoint(alone, receivers[0])];
        port = alone.Port;
        alone.Dispose();
        var endpoints = new List<UdpEndpoint>(receivers.Count);
        try
        {
            foreach (IDatagramReceiver receiver in receivers)
                endpoints.Add(new UdpEndpoint(LinuxUdpSocket.Open(port, isShared: true), receiver));
            return endpoints;
        }
        catch (IOException)
        {
            foreach (UdpEndpoint endpoint in endpoints) endpoint.Dispose();
            throw;
        }
    }

    /// <summary>Opens a port that one party sends to, and that only feedback leaves from: the queue is small.</summary>
    /// <exception cref="IOException">The port can't be had; the message says why.</exception>
    public static UdpEndpoint OpenForOne(int port, IDatagramReceiver receiver)
    {
        UdpSocket socket = OperatingSystem.IsLinux()
            ? LinuxUdpSocket.Open(port, isShared: false, coalesces: false)
            : PortableUdpSocket.Open(port, [.. InterfaceAddress.ReadAll().Select(own => own.Address)]);
        return new UdpEndpoint(socket, receiver, new SendQueue(FeedbackQueue, FeedbackRuns));
    }

    /// <summary>Queues one datagram; false where the queue is full and it was dropped.</summary>
    public bool TrySend(in Route route, ReadOnlySpan<byte> datagram)
    {
        Span<byte> room = Reserve(datagram.Length);
        if (room.IsEmpty) return false;
        datagram.CopyTo(room);
        Commit(route, datagram.Length);
        return true;
    }

    /// <summary>
    /// Room in the send ring to write one datagram into, with what a cipher writes beyond its end; empty where the queue
    /// is full (counted as a drop). Nothing else may be sent until <see cref="Commit"/>; not committing takes it back.
    /// </summary>
    public Span<byte> Reserve(int max)
    {
        if (_queue.Bytes >= FlushAt && !IsBlocked) Flush();
        Span<byte> room = _queue.Reserve(max);
        if (!room.IsEmpty) return room;
        Flush();
        room = _queue.Reserve(max);
        if (room.IsEmpty) Statistics.DroppedQueueFull++;
        return room;
    }

    /// <summary>Queues the first <paramref name="length"/> bytes of what was reserved.</summary>
    public void Commit(in Route route, int length) => _queue.Commit(route, length);

    Span<byte> IDatagramSender.Reserve(in Route route, int length)
    {
        _reservedRoute = route;
        return Reserve(length);
    }

    void IDatagramSender.Commit(int length)
    {
        if (length > 0) Commit(_reservedRoute, length);
    }

    public void Dispose()
    {
        _socket.Dispose();
        _queue.Batch.Dispose();
    }

    internal static UdpEndpoint OpenPortable(int port, IReadOnlyList<IPAddress> addresses, IDatagramReceiver receiver) =>
        new(PortableUdpSocket.Open(port, addresses), receiver);

    internal static UdpEndpoint OpenIPv4(int port, IDatagramReceiver receiver) =>
        new(LinuxUdpSocket.Open(port, isShared: false, isIPv4Only: true), receiver);

    internal void Receive(long now) => _socket.Receive(_receiver, Statistics, now);

    internal void Flush()
    {
        _queue.Batch.Complete();
        IsBlocked = !_queue.IsEmpty && !_socket.Send(_queue, Statistics);
        if (IsBlocked) Statistics.SendsDeferred++;
    }
}
