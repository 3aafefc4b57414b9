using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Protocols.Net;

namespace TestKit.WebRtc;

/// <summary>
/// Brings a peer that speaks UDP to a gateway's TCP candidate: what it sends to <see cref="Entrance"/> goes framed (RFC
/// 4571) over one connection, and what comes from there goes back to it.
/// </summary>
public sealed class TcpTunnel : IDisposable
{
    private readonly IPEndPoint _candidate;
    private readonly Socket _udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Lock _lock = new();
    private Socket _tcp;
    private volatile EndPoint? _peer;
    private volatile bool _disposed;
    private volatile bool _isStuck;

    public TcpTunnel(IPEndPoint candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        _candidate = candidate;
        _udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _tcp = Connect();
        new Thread(Out) { IsBackground = true, Name = "TCP tunnel out" }.Start();
    }

    /// <summary>Where the peer connects to.</summary>
    public IPEndPoint Entrance => (IPEndPoint)_udp.LocalEndPoint!;

    /// <summary>Takes nothing from the gateway while set, as a line does that is stuck.</summary>
    public bool IsStuck
    {
        get => _isStuck;
        set => _isStuck = value;
    }

    /// <summary>The gateway has ended the connection.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Loses the connection and goes on by another one.</summary>
    public void Reconnect()
    {
        lock (_lock)
        {
            _tcp.Dispose();
            _tcp = Connect();
        }
    }

    public void Dispose()
    {
        _disposed = true;
        lock (_lock) _tcp.Dispose();
        _udp.Dispose();
    }

    private Socket Connect()
    {
        var socket = new Socket(_candidate.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 64 * 1024 };
        socket.Connect(_candidate);
        new Thread(() => In(socket)) { IsBackground = true, Name = "TCP tunnel in" }.Start();
        return socket;
    }

    private void Out()
    {
        byte[] buffer = new byte[DatagramFraming.MaxDatagram];
        var framed = new ArrayBufferWriter<byte>();
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        while (!_disposed)
        {
            try
            {
                int length = _udp.ReceiveFrom(buffer, ref from);
                _peer = from;
                framed.ResetWrittenCount();
                DatagramFraming.Write(framed, buffer.AsSpan(0, length));
                lock (_lock) _tcp.Send(framed.WrittenSpan);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Closed by one side or the other; a new connection may come yet.
            }
        }
    }

    private void In(Socket socket)
    {
        byte[] buffer = new byte[64 * 1024];
        int kept = 0;
        try
        {
            while (!_disposed)
            {
                while (IsStuck && !_disposed) Thread.Sleep(10);
                int length = socket.Receive(buffer.AsSpan(kept));
                if (length == 0) break;
                var data = new ReadOnlySequence<byte>(buffer, 0, kept + length);
                while (DatagramFraming.TryRead(ref data, out ReadOnlySequence<byte> datagram) == FramingResult.Datagram)
                    if (_peer is { } peer) _udp.SendTo(datagram.FirstSpan, peer);
                kept = (int)data.Length;
                data.CopyTo(buffer);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Reset, or let go by ourselves.
        }

        lock (_lock) IsClosed |= socket == _tcp && !_disposed;
    }
}
