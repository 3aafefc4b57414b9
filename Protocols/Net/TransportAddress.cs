using System.Buffers.Binary;
using System.Net;

namespace Protocols.Net;

/// <summary>
/// IP address and port (a "transport address" in the words of RFC 8445) without an allocation. IPv4 is kept in its
/// IPv4-mapped form, which is also what a dual-stack socket hears and sends, so there is one way to write each address.
/// </summary>
public readonly struct TransportAddress : IEquatable<TransportAddress>
{
    private const ulong MappedPrefix = 0xFFFF_0000_0000;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _scope;
    private readonly ushort _port;

    private TransportAddress(ulong high, ulong low, uint scope, ushort port)
    {
        _high = high;
        _low = low;
        _scope = scope;
        _port = port;
    }

    public int Port => _port;

    /// <summary>The interface that a link-local address belongs to; 0 for all others.</summary>
    public uint Scope => _scope;

    public bool IsIPv4 => _high == 0 && _low >> 32 == 0xFFFF;

    public bool IsUnspecified => _high == 0 && _low is 0 or MappedPrefix;

    public bool IsLoopback => IsIPv4 ? (byte)(_low >> 24) == 127 : _high == 0 && _low == 1;

    private bool IsLinkLocal => _high >> 54 == 0xFE80 >> 6;

    /// <summary>The four bytes of an IPv4 address, in network order.</summary>
    public static TransportAddress FromIPv4(ReadOnlySpan<byte> address, int port) =>
        new(0, MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(address), 0, (ushort)port);

    /// <summary>Sixteen bytes in network order; an IPv4-mapped address is an IPv4 address.</summary>
    public static TransportAddress FromIPv6(ReadOnlySpan<byte> address, int port, uint scope = 0)
    {
        var made = new TransportAddress(
            BinaryPrimitives.ReadUInt64BigEndian(address), BinaryPrimitives.ReadUInt64BigEndian(address[8..]), scope, (ushort)port);
        return made.IsLinkLocal || scope == 0 ? made : new TransportAddress(made._high, made._low, 0, made._port);
    }

    public static TransportAddress From(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int written);
        if (written == 4) return FromIPv4(bytes, port);
        return FromIPv6(bytes, port, address.IsIPv6LinkLocal ? (uint)address.ScopeId : 0);
    }

    public static TransportAddress From(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return From(endPoint.Address, endPoint.Port);
    }

    /// <summary>The same host, whatever the port.</summary>
    public bool IsSameHost(TransportAddress other) => _low == other._low && _high == other._high && _scope == other._scope;

    /// <summary>Of the host alone.</summary>
    public int HostHash => HashCode.Combine(_low, _high);

    public TransportAddress WithPort(int port) => new(_high, _low, _scope, (ushort)port);

    /// <summary>Writes the 16 bytes of the (IPv4-mapped) IPv6 address in network order.</summary>
    public void WriteIPv6(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
    }

    /// <summary>Writes the 4 bytes of an IPv4 address in network order.</summary>
    public void WriteIPv4(Span<byte> destination) => BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        WriteIPv6(bytes);
        return IsIPv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes, _scope);
    }

    public IPEndPoint ToEndPoint() => new(ToIPAddress(), _port);

    public bool Equals(TransportAddress other) =>
        _low == other._low && _port == other._port && _high == other._high && _scope == other._scope;

    public override bool Equals(object? obj) => obj is TransportAddress other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_low, _high, _port);

    public static bool operator ==(TransportAddress left, TransportAddress right) => left.Equals(right);

    public static bool operator !=(TransportAddress left, TransportAddress right) => !left.Equals(right);

    public override string ToString() => ToEndPoint().ToString();
}
