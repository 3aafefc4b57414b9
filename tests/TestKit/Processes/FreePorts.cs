using System.Net;
using System.Net.Sockets;

namespace TestKit.Processes;

/// <summary>Port numbers that nothing listens on, found by binding them for a moment.</summary>
public static class FreePorts
{
    private static readonly HashSet<int> s_given = [];

    /// <summary>A port that is free for TCP and UDP, on IPv4 and IPv6, and was not given out before.</summary>
    public static int Next()
    {
        lock (s_given)
        {
            for (int attempt = 0; attempt < 100; attempt++)
            {
                using var tcp = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
                tcp.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
                int port = ((IPEndPoint)tcp.LocalEndPoint!).Port;
                if (s_given.Contains(port) || !IsFreeForUdp(port)) continue;
                s_given.Add(port);
                return port;
            }
        }

        throw new InvalidOperationException("No free port was found.");
    }

    /// <summary>
    /// The first, even one of so many UDP ports in a row that are free, below those that the system gives out by itself.
    /// </summary>
    public static int Row(int count)
    {
        const int Lowest = 21_000, Slots = 400, SlotLength = 24;
        lock (s_given)
        {
            int slot = Environment.ProcessId * 37;
            for (int attempt = 0; attempt < Slots; attempt++, slot++)
            {
                int first = Lowest + (slot % Slots * SlotLength);
                if (count > SlotLength || !Enumerable.Range(first, count).All(port => !s_given.Contains(port) && IsFreeForUdp(port))) continue;
                s_given.UnionWith(Enumerable.Range(first, count));
                return first;
            }
        }

        throw new InvalidOperationException("No free row of ports was found.");
    }

    private static bool IsFreeForUdp(int port)
    {
        using var udp = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
        try
        {
            udp.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
