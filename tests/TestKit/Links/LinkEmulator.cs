using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TestKit.Links;

/// <summary>
/// A UDP relay on loopback between clients and the gateway that behaves like a line: rate, queue, delay, jitter, loss,
/// reordering, outages, and a NAT that changes its port. Each client has a port of its own towards the gateway.
/// </summary>
public sealed class LinkEmulator : IDisposable
{
    private const int MaxDatagram = 2048;
    private const int ShortestWait = 200; // microseconds
    private const int LongestWait = 5000;

    private readonly Lock _lock = new();
    private readonly IPEndPoint _gateway;
    private readonly Socket _front = Bind();
    private readonly Dictionary<EndPoint, Socket> _backs = [];
    private readonly PriorityQueue<Flight, double> _inFlight = new();
    private readonly byte[] _buffer = new byte[MaxDatagram];
    private readonly Thread _thread;
    private volatile bool _stopping;

    public LinkEmulator(int gatewayPort, LinkSettings toGateway, LinkSettings fromGateway, int seed = 1)
    {
        _gateway = new IPEndPoint(IPAddress.Loopback, gatewayPort);
        ToGateway = new LinkDirection(toGateway, seed);
        FromGateway = new LinkDirection(fromGateway, seed + 1);
        _thread = new Thread(Run) { IsBackground = true, Name = "link emulator" };
        _thread.Start();
    }

    /// <summary>Where clients send to, on 127.0.0.1.</summary>
    public int Port => ((IPEndPoint)_front.LocalEndPoint!).Port;

    public LinkDirection ToGateway { get; }

    public LinkDirection FromGateway { get; }

    /// <summary>Changes both directions at once.</summary>
    public void Change(Func<LinkSettings, LinkSettings> change)
    {
        lock (_lock)
        {
            ToGateway.Settings = change(ToGateway.Settings);
            FromGateway.Settings = change(FromGateway.Settings);
        }
    }

    /// <summary>From now on every client comes from another port, as behind a NAT that forgot it.</summary>
    public void Rebind()
    {
        lock (_lock)
        {
            foreach ((EndPoint client, Socket old) in _backs.ToArray())
            {
                _backs[client] = Bind();
                old.Dispose();
            }
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _front.Dispose();
        foreach (Socket back in _backs.Values) back.Dispose();
    }

    private static double Now => Stopwatch.GetTimestamp() * 1000.0 / Stopwatch.Frequency;

    private static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            Blocking = false, ReceiveBufferSize = 4 << 20, SendBufferSize = 4 << 20,
        };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private void Run()
    {
        while (!_stopping)
        {
            Wait();
            lock (_lock)
            {
                ReceiveFromClients();
                foreach ((EndPoint client, Socket back) in _backs) ReceiveFromGateway(client, back);
                Deliver();
            }
        }
    }

    private void Wait()
    {
        List<Socket> readable;
        double wait;
        lock (_lock)
        {
            readable = [_front, .. _backs.Values];
            wait = _inFlight.TryPeek(out _, out double due) ? (due - Now) * 1000 : LongestWait;
        }

        try
        {
            Socket.Select(readable, null, null, (int)Math.Clamp(wait, ShortestWait, LongestWait));
        }
        catch (ObjectDisposedException)
        {
            // Rebound meanwhile.
        }
    }

    private void ReceiveFromClients()
    {
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        while (_front.Available > 0)
        {
            int length = _front.ReceiveFrom(_buffer, ref from);
            if (!_backs.TryGetValue(from, out Socket? back)) _backs[from] = back = Bind();
            if (ToGateway.TryPass(length, Now, out double arrival)) _inFlight.Enqueue(new Flight(from, true, _buffer.AsSpan(0, length).ToArray()), arrival);
        }
    }

    private void ReceiveFromGateway(EndPoint client, Socket back)
    {
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        while (back.Available > 0)
        {
            int length = back.ReceiveFrom(_buffer, ref from);
            if (FromGateway.TryPass(length, Now, out double arrival)) _inFlight.Enqueue(new Flight(client, false, _buffer.AsSpan(0, length).ToArray()), arrival);
        }
    }

    private void Deliver()
    {
        while (_inFlight.TryPeek(out Flight flight, out double arrival) && arrival <= Now)
        {
            _inFlight.Dequeue();
            // The port of the moment: what is under way when the NAT forgets goes out by the new one.
            Socket socket = flight.ToGateway ? _backs[flight.Client] : _front;
            try
            {
                socket.SendTo(flight.Bytes, flight.ToGateway ? _gateway : flight.Client);
            }
            catch (SocketException)
            {
                // The client's socket has gone: nothing is delivered any more.
            }
        }
    }

    private readonly record struct Flight(EndPoint Client, bool ToGateway, byte[] Bytes);
}
