using System.Net;
using System.Net.Sockets;
using Protocols.Net;

namespace Bench.FanOut;

/// <summary>Sockets that nobody reads: what is sent to them is delivered by the kernel and dropped where they are full.</summary>
internal sealed class Sinks : IDisposable
{
    private readonly Socket[] _sockets;

    public Sinks(int count)
    {
        _sockets = new Socket[count];
        for (int i = 0; i < count; i++)
        {
            _sockets[i] = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 };
            _sockets[i].Bind(new IPEndPoint(IPAddress.Loopback, 0));
        }
    }

    public TransportAddress this[int index] => TransportAddress.From((IPEndPoint)_sockets[index].LocalEndPoint!);

    public void Dispose()
    {
        foreach (Socket socket in _sockets) socket.Dispose();
    }
}
