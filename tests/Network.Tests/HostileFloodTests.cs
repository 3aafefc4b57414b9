using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Protocols.Ice;
using Protocols.Stun;
using TestKit.Measuring;
using TestKit.Processes;
using TestKit.Skipping;
using TestKit.WebRtc;

namespace Network.Tests;

/// <summary>Fifty thousand hostile datagrams a second of all kinds, from many ports: who watches must not notice.</summary>
[Trait("Suite", "hotpath")]
public sealed class HostileFloodTests
{
    private const int Watching = 10;
    private const double AddedLimit = 2;
    private const int PerSecond = 50_000;
    private const int Sockets = 32;

    [TimedFact]
    public async Task A_flood_of_hostile_datagrams_delays_nobodys_media()
    {
        using GatewayProcess gateway = await GatewayProcess.StartAsync();
        using HttpClient http = gateway.CreateHttpClient();
        await using WatchedRoom room = await WatchedRoom.OpenAsync(gateway, http, "flood", Watching);
        byte[][] datagrams = Kinds(RemotePeer.Parse(room.Viewers[0].Answer));
        Dictionary<string, double> figures = await TimedRounds.RunAsync(
            $"{PerSecond} hostile datagrams a second, ms", AddedLimit,
            async () =>
            {
                double quiet = await room.P99WhileAsync(Task.Delay(TimeSpan.FromSeconds(4)));
                Task<double> flood = FloodAsync(new IPEndPoint(IPAddress.Loopback, gateway.WebRtcPort), datagrams, TimeSpan.FromSeconds(4));
                double flooded = await room.P99WhileAsync(flood);
                return new() { ["quiet p99"] = quiet, ["flooded p99"] = flooded, ["added p99"] = flooded - quiet, ["sent a second"] = await flood };
            },
            medians => medians["added p99"] <= AddedLimit);

        Report.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{figures["sent a second"]:0} hostile datagrams a second: media p99 {figures["quiet p99"]:0.00} -> {figures["flooded p99"]:0.00} ms"));
        Assert.InRange(figures["added p99"], double.MinValue, AddedLimit);
    }

    private static byte[][] Kinds(RemotePeer session)
    {
        var random = new Random(1);
        byte[] media = Garbage(random, 1100, 0x80), report = Garbage(random, 100, 0x80), record = Garbage(random, 200, 22);
        (media[1], report[1]) = (96, 201);
        byte[] header = [22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 1, 0, 187];
        header.CopyTo(record, 0);
        return [media, report, record, Check("Anobody"), Check(session.UsernameFragment), Garbage(random, 60, 0), Garbage(random, 300, 255)];
    }

    private static byte[] Garbage(Random random, int length, byte first)
    {
        byte[] datagram = new byte[length];
        random.NextBytes(datagram);
        datagram[0] = first;
        return datagram;
    }

    private static byte[] Check(string fragment)
    {
        byte[] buffer = new byte[400];
        uint priority = IceCandidate.PriorityOf(IceCandidateType.PeerReflexive, ushort.MaxValue);
        int length = StunWriter.WriteBindingRequest(buffer, new byte[12], $"{fragment}:stranger", "a password that is not the one", priority, useCandidate: true);
        return buffer[..length];
    }

    /// <summary>In portions of a millisecond, on a thread of its own; how many left each second.</summary>
    private static Task<double> FloodAsync(IPEndPoint target, byte[][] datagrams, TimeSpan time)
    {
        var done = new TaskCompletionSource<double>();
        var thread = new Thread(() => done.SetResult(Flood(target, datagrams, time))) { IsBackground = true, Name = "flood" };
        thread.Start();
        return done.Task;
    }

    private static double Flood(IPEndPoint target, byte[][] datagrams, TimeSpan time)
    {
        Socket[] sockets = [.. Enumerable.Range(0, Sockets).Select(i => Open($"127.0.0.{(i % 4) + 1}", target))];
        long started = Environment.TickCount64, sent = 0;
        long elapsed;
        while ((elapsed = Environment.TickCount64 - started) < time.TotalMilliseconds)
        {
            long due = Math.Min(PerSecond * elapsed / 1000, sent + (PerSecond / 200));
            for (; sent < due; sent++) Send(sockets[sent % Sockets], datagrams[sent % datagrams.Length]);
            Thread.Sleep(1);
        }

        foreach (Socket socket in sockets) socket.Dispose();
        return sent / time.TotalSeconds;
    }

    private static Socket Open(string own, IPEndPoint target)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(own), 0));
        socket.Connect(target);
        return socket;
    }

    private static void Send(Socket socket, byte[] datagram)
    {
        try
        {
            socket.Send(datagram);
        }
        catch (SocketException)
        {
            // Its buffer is full: less of a flood.
        }
    }
}
