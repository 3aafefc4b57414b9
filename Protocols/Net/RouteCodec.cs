using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Protocols.Net;

/// <summary>
/// Routes in the kernel's words: the remote address as a socket address, the local one as packet information in the
/// control data. A dual-stack socket says all in IPv6, with IPv4 mapped; one without IPv6 says all in IPv4.
/// <code>
/// cmsghdr: length (native word), level (int), type (int), then
///   in6_pktinfo: address (16), interface (int)
///   in_pktinfo:  interface (int), address to send from (4), address of the header (4)
/// </code>
/// </summary>
internal sealed class RouteCodec(bool isIPv4Only, int port)
{
    private const int ControlHeader = 16;
    private const int PacketInfo6 = 20;
    private const int PacketInfo4 = 12;

    public int NameLength => isIPv4Only ? 16 : 28;

    /// <summary>CMSG_SPACE: padded to a native word.</summary>
    public int ControlLength => isIPv4Only ? 32 : 40;

    public void Write(in Route route, Span<byte> name, Span<byte> control)
    {
        WriteAddress(route.Remote, name);
        control[..ControlLength].Clear();
        int length = ControlHeader + (isIPv4Only ? PacketInfo4 : PacketInfo6);
        MemoryMarshal.Write(control, (ulong)length);
        MemoryMarshal.Write(control[8..], isIPv4Only ? Libc.IPPROTO_IP : Libc.IPPROTO_IPV6);
        MemoryMarshal.Write(control[12..], isIPv4Only ? Libc.IP_PKTINFO : Libc.IPV6_PKTINFO);
        Span<byte> info = control[ControlHeader..];
        if (isIPv4Only)
        {
            route.Local.WriteIPv4(info[4..]);
            return;
        }

        route.Local.WriteIPv6(info);
        MemoryMarshal.Write(info[16..], route.Local.Scope);
    }

    public void WriteAddress(TransportAddress address, Span<byte> name)
    {
        name[..NameLength].Clear();
        MemoryMarshal.Write(name, (ushort)(isIPv4Only ? Libc.AF_INET : Libc.AF_INET6));
        BinaryPrimitives.WriteUInt16BigEndian(name[2..], (ushort)address.Port);
        if (isIPv4Only)
        {
            address.WriteIPv4(name[4..]);
            return;
        }

        address.WriteIPv6(name[8..]);
        MemoryMarshal.Write(name[24..], address.Scope);
    }

    public TransportAddress ReadAddress(ReadOnlySpan<byte> name)
    {
        int remotePort = BinaryPrimitives.ReadUInt16BigEndian(name[2..]);
        return isIPv4Only
            ? TransportAddress.FromIPv4(name[4..], remotePort)
            : TransportAddress.FromIPv6(name[8..], remotePort, MemoryMarshal.Read<uint>(name[24..]));
    }

    /// <summary>False where the kernel did not say which address was asked.</summary>
    public bool TryRead(ReadOnlySpan<byte> name, ReadOnlySpan<byte> control, out Route route)
    {
        route = default;
        // We ask for one kind of control data only, so it is the first or not there.
        if (control.Length < ControlHeader + (isIPv4Only ? PacketInfo4 : PacketInfo6)) return false;
        if (MemoryMarshal.Read<int>(control[12..]) != (isIPv4Only ? Libc.IP_PKTINFO : Libc.IPV6_PKTINFO)) return false;
        ReadOnlySpan<byte> info = control[ControlHeader..];
        TransportAddress local = isIPv4Only
            ? TransportAddress.FromIPv4(info[4..], port)
            : TransportAddress.FromIPv6(info, port, MemoryMarshal.Read<uint>(info[16..]));
        route = new Route(local, ReadAddress(name));
        return true;
    }
}
