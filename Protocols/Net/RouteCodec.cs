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
///   UDP_SEGMENT: length at which the kernel cuts what is sent (ushort)
///   UDP_GRO:     length of the datagrams that the kernel has put together (int)
/// </code>
/// </summary>
internal sealed class RouteCodec(bool isIPv4Only, int port)
{
    private const int ControlHeader = 16;
    private const int PacketInfo6 = 20;
    private const int PacketInfo4 = 12;
    private const int SegmentControl = 24; // CMSG_SPACE of an int, and of a ushort

    public int NameLength => isIPv4Only ? 16 : 28;

    /// <summary>CMSG_SPACE: padded to a native word.</summary>
    public int ControlLength => isIPv4Only ? 32 : 40;

    /// <summary>The same with a segment length behind it.</summary>
    public int SegmentedControlLength => ControlLength + SegmentControl;

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

    /// <summary>The kernel is to cut the message into datagrams of that length. Behind the route.</summary>
    public void WriteSegmentLength(Span<byte> control, int length)
    {
        Span<byte> header = control.Slice(ControlLength, SegmentControl);
        header.Clear();
        MemoryMarshal.Write(header, (ulong)(ControlHeader + sizeof(ushort)));
        MemoryMarshal.Write(header[8..], Libc.SOL_UDP);
        MemoryMarshal.Write(header[12..], Libc.UDP_SEGMENT);
        MemoryMarshal.Write(header[ControlHeader..], (ushort)length);
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
    /// <param name="segmentLength">Of the datagrams that were put together; 0 = it is one.</param>
    public bool TryRead(ReadOnlySpan<byte> name, ReadOnlySpan<byte> control, out Route route, out int segmentLength)
    {
        route = default;
        segmentLength = 0;
        bool isAddressKnown = false;
        while (control.Length > ControlHeader)
        {
            int length = (int)MemoryMarshal.Read<ulong>(control);
            if (length < ControlHeader || length > control.Length) break;
            ReadOnlySpan<byte> data = control[ControlHeader..length];
            switch (MemoryMarshal.Read<int>(control[8..]), MemoryMarshal.Read<int>(control[12..]))
            {
                case (Libc.IPPROTO_IPV6, Libc.IPV6_PKTINFO) when data.Length >= PacketInfo6:
                    route = new Route(TransportAddress.FromIPv6(data, port, MemoryMarshal.Read<uint>(data[16..])), ReadAddress(name));
                    isAddressKnown = true;
                    break;
                case (Libc.IPPROTO_IP, Libc.IP_PKTINFO) when isIPv4Only && data.Length >= PacketInfo4:
                    route = new Route(TransportAddress.FromIPv4(data[4..], port), ReadAddress(name));
                    isAddressKnown = true;
                    break;
                case (Libc.SOL_UDP, Libc.UDP_GRO) when data.Length >= sizeof(int):
                    segmentLength = MemoryMarshal.Read<int>(data);
                    break;
            }

            control = control[Math.Min(control.Length, (length + 7) & ~7)..];
        }

        return isAddressKnown;
    }
}
