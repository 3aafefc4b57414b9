using System.Net;
using System.Net.NetworkInformation;

namespace Protocols.Net;

/// <summary>One address of this machine and the interface that has it.</summary>
public readonly record struct InterfaceAddress(string Interface, IPAddress Address)
{
    /// <summary>Those of all interfaces that are up; an interface that can't be read is left out.</summary>
    public static IReadOnlyList<InterfaceAddress> ReadAll()
    {
        var found = new List<InterfaceAddress>();
        foreach (NetworkInterface nic in NetworkInterface.GetAllNetworkInterfaces())
        {
            // Plain veth and tun devices report "unknown"; only a definite "down" counts.
            if (nic.OperationalStatus == OperationalStatus.Down) continue;
            foreach (UnicastIPAddressInformation unicast in nic.GetIPProperties().UnicastAddresses)
                found.Add(new InterfaceAddress(nic.Name, unicast.Address));
        }

        return found;
    }
}
