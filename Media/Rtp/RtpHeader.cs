using System.Buffers.Binary;

namespace Media.Rtp;

/// <summary>
/// The header of an RTP packet, parsed into values and offsets (RFC 3550 §5.1). Works on protected packets too: what lies
/// behind the header is looked at by <see cref="TryGetPayload"/> only.
/// </summary>
/// <remarks>
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                           timestamp                           |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |           synchronization source (SSRC) identifier            |
/// +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
/// |            contributing source (CSRC) identifiers             |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |      defined by profile       |           length              |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                        header extension                       |
/// </code>
/// </remarks>
public readonly record struct RtpHeader
{
    /// <summary>Without contributing sources and extension.</summary>
    public const int FixedLength = 12;

    private const byte Version = 2 << 6;
    private const byte PaddingFlag = 0x20;
    private const byte ExtensionFlag = 0x10;
    private const byte MarkerFlag = 0x80;

    public byte PayloadType { get; init; }

    public bool Marker { get; init; }

    public ushort SequenceNumber { get; init; }

    public uint Timestamp { get; init; }

    public uint Ssrc { get; init; }

    public int CsrcCount { get; private init; }

    public bool HasPadding { get; private init; }

    /// <summary>Where the payload begins: behind contributing sources and extension.</summary>
    public int Length { get; private init; }

    /// <summary>"Defined by profile", which tells the form of the extension elements; 0 without extension.</summary>
    public ushort ExtensionProfile { get; private init; }

    /// <summary>Where the extension elements begin.</summary>
    public int ExtensionOffset { get; private init; }

    public int ExtensionLength { get; private init; }

    public static bool TryParse(ReadOnlySpan<byte> packet, out RtpHeader header)
    {
        header = default;
        if (packet.Length < FixedLength || (packet[0] & 0xc0) != Version) return false;
        int sources = packet[0] & 0x0f;
        int length = FixedLength + (sources * 4);
        ushort profile = 0;
        int extensionLength = 0;
        if ((packet[0] & ExtensionFlag) != 0)
        {
            if (packet.Length < length + 4) return false;
            profile = BinaryPrimitives.ReadUInt16BigEndian(packet[length..]);
            extensionLength = BinaryPrimitives.ReadUInt16BigEndian(packet[(length + 2)..]) * 4;
            length += 4 + extensionLength;
        }

        if (packet.Length < length) return false;
        header = new RtpHeader
        {
            PayloadType = (byte)(packet[1] & 0x7f),
            Marker = (packet[1] & MarkerFlag) != 0,
            SequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]),
            Timestamp = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]),
            Ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]),
            CsrcCount = sources,
            HasPadding = (packet[0] & PaddingFlag) != 0,
            Length = length,
            ExtensionProfile = profile,
            ExtensionOffset = length - extensionLength,
            ExtensionLength = extensionLength,
        };
        return true;
    }

    /// <summary>The extension elements of the packet that this header was parsed from.</summary>
    public HeaderExtensions Extensions(ReadOnlySpan<byte> packet) =>
        new(ExtensionProfile, packet.Slice(ExtensionOffset, ExtensionLength));

    /// <summary>The payload without padding. False: the padding's length is impossible. For clear packets only.</summary>
    public bool TryGetPayload(ReadOnlySpan<byte> packet, out ReadOnlySpan<byte> payload)
    {
        payload = packet[Length..];
        if (!HasPadding) return true;
        if (payload.IsEmpty || payload[^1] == 0 || payload[^1] > payload.Length) return false;
        payload = payload[..^payload[^1]];
        return true;
    }

    /// <summary>Writes the fixed part, 12 bytes, and returns its length. Extensions: <see cref="HeaderExtensionWriter"/>.</summary>
    public int Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(
            destination,
            ((uint)Version << 24) | (Marker ? (uint)MarkerFlag << 16 : 0) | ((uint)(PayloadType & 0x7f) << 16) | SequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Ssrc);
        return FixedLength;
    }

    internal static void MarkExtended(Span<byte> packet) => packet[0] |= ExtensionFlag;
}
