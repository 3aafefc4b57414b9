using System.Net;
using System.Net.Sockets;

namespace Protocols.Net;

/// <summary>
/// UDP by plain sockets, for systems other than Linux: one per own address, since these can't be told which address to
/// send from. An address that can't be bound is left out.
/// </summary>
internal sealed class PortableUdpSocket : UdpSocket
{
    private const int WantedBuffer = 8 << 20;
    private const int DatagramsPerTurn = 256;

    // Windows reports the ICMP answer to a datagram we sent as an error of the next receive, unless told not to.
    private const int SioUdpConnectionReset = unchecked((int)0x9800000C);

    private readonly List<Socket> _sockets = [];
    private readonly List<TransportAddress> _locals = [];
    private readonly byte[] _buffer = new byte[UdpEndpoint.MaxDatagram];
    private readonly Dictionary<TransportAddress, SocketAddress> _remotes = [];

    private PortableUdpSocket(int port) => Port = port;

    public override int Port { get; }

    public override int ReceiveBufferSize => _sockets[0].ReceiveBufferSize;

    /// <summary>For a waiter to select on.</summary>
    public IReadOnlyList<Socket> Sockets => _sockets;

    public static PortableUdpSocket Open(int port, IReadOnlyList<IPAddress> addresses)
    {
        PortableUdpSocket? endpoint = null;
        SocketException? last = null;
        foreach (IPAddress address in addresses)
        {
            Socket? socket = null;
            try
            {
                socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
                Configure(socket);
                socket.Bind(new IPEndPoint(address, endpoint?.Port ?? port));
                endpoint ??= new PortableUdpSocket(((IPEndPoint)socket.LocalEndPoint!).Port);
                endpoint._sockets.Add(socket);
                endpoint._locals.Add(TransportAddress.From(address, endpoint.Port));
            }
            catch (SocketException e)
            {
                last = e;
                socket?.Dispose();
            }
        }

        return endpoint ?? throw new IOException($"UDP port {port}: {last?.Message ?? "no address to listen on"}", last);
    }

    public override void Receive(IDatagramReceiver receiver, UdpStatistics statistics, long now)
    {
        for (int i = 0; i < _sockets.Count; i++) Receive(_sockets[i], _locals[i], receiver, statistics, now);
    }

    public override bool Send(SendQueue queue, UdpStatistics statistics)
    {
        while (!queue.IsEmpty)
        {
            SendRun run = queue.Runs[0];
            int length = Math.Min(run.SegmentLength, run.Length);
            SocketError error = Send(run.Route, queue.Memory.AsSpan(run.Offset, length));
            if (error is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable) return false;
            if (error == SocketError.Success)
            {
                statistics.DatagramsSent++;
                statistics.BytesSent += length;
            }
            else
            {
                statistics.SendErrors++;
                statistics.LastSendError = (int)error;
            }

            queue.Skip(1);
        }

        return true;
    }

    public override void Dispose()
    {
        foreach (Socket socket in _sockets) socket.Dispose();
    }

    private void Receive(Socket socket, TransportAddress local, IDatagramReceiver receiver, UdpStatistics statistics, long now)
    {
        var from = new SocketAddress(socket.AddressFamily);
        for (int i = 0; i < DatagramsPerTurn && socket.Available > 0; i++)
        {
            try
            {
                int length = socket.ReceiveFrom(_buffer, SocketFlags.None, from);
                statistics.DatagramsReceived++;
                statistics.BytesReceived += length;
                receiver.OnDatagram(_buffer.AsSpan(0, length), new Route(local, Read(from)), now);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.MessageSize)
            {
                statistics.DatagramsTruncated++;
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    private SocketError Send(in Route route, ReadOnlySpan<byte> datagram)
    {
        int index = _locals.IndexOf(route.Local);
        if (index < 0) return SocketError.AddressNotAvailable;
        if (!_remotes.TryGetValue(route.Remote, out SocketAddress? to))
        {
            // Only a cache: peers come and go.
            if (_remotes.Count >= 4096) _remotes.Clear();
            _remotes[route.Remote] = to = route.Remote.ToEndPoint().Serialize();
        }

        try
        {
            _sockets[index].SendTo(datagram, SocketFlags.None, to);
            return SocketError.Success;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }

    private static TransportAddress Read(SocketAddress from)
    {
        var template = new IPEndPoint(from.Family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        return TransportAddress.From((IPEndPoint)template.Create(from));
    }

    private static void Configure(Socket socket)
    {
        socket.Blocking = false;
        socket.ReceiveBufferSize = WantedBuffer;
        socket.SendBufferSize = WantedBuffer;
        if (socket.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = false;
        if (OperatingSystem.IsWindows()) socket.IOControl(SioUdpConnectionReset, [0], null);
    }
}
