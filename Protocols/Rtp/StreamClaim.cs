using Media.Rtp;
using Protocols.Sdp;
using Protocols.WebRtc;

namespace Protocols.Rtp;

/// <summary>What a packet of a source that is not known yet says of where it belongs.</summary>
internal readonly ref struct StreamClaim
{
    private const int Nowhere = -1;
    private const int Several = -2;

    /// <summary>Index of the section; negative = none, or not clear.</summary>
    public int Section { get; private init; }

    /// <summary>The rid, or the repaired rid; empty = none.</summary>
    public ReadOnlySpan<byte> Rid { get; private init; }

    public bool IsRtx { get; private init; }

    /// <summary>The packet names its section or encoding, rather than having a payload type that fits.</summary>
    public bool IsNamed { get; private init; }

    public static StreamClaim Of(in ReceivedRtp packet, IReadOnlyList<ReceivedSection> sections)
    {
        int payloadType = packet.Header.PayloadType;
        int byMid = Nowhere;
        bool hasMid = false;
        ReadOnlySpan<byte> rid = default, repaired = default;
        HeaderExtensions elements = packet.Header.Extensions(packet.Bytes);
        while (elements.MoveNext())
        {
            for (int i = 0; i < sections.Count; i++)
            {
                ReceivedExtensionIds ids = sections[i].Extensions;
                if (elements.Id == ids.Rid) rid = elements.Data;
                else if (elements.Id == ids.RepairedRid) repaired = elements.Data;
                if (elements.Id != ids.Mid) continue;
                hasMid = true;
                if (IsSame(elements.Data, sections[i].Mid)) byMid = i;
            }
        }

        ReadOnlySpan<byte> name = repaired.IsEmpty ? rid : repaired;
        // A mid that is none of ours is no reason to guess.
        int section = hasMid ? byMid : ByPayloadType(sections, payloadType, name);
        bool isRtx = section >= 0 && sections[section].CodecOfRtx(payloadType) is not null;
        bool isKnownType = isRtx || (section >= 0 && sections[section].CodecOf(payloadType) is not null && repaired.IsEmpty);
        return new StreamClaim { Section = isKnownType ? section : Nowhere, Rid = name, IsRtx = isRtx, IsNamed = hasMid || !name.IsEmpty };
    }

    /// <summary>Mids and rids are ASCII.</summary>
    public static bool IsSame(ReadOnlySpan<byte> data, string text)
    {
        if (data.Length != text.Length) return false;
        for (int i = 0; i < data.Length; i++)
            if (data[i] != text[i]) return false;
        return true;
    }

    private static int ByPayloadType(IReadOnlyList<ReceivedSection> sections, int payloadType, ReadOnlySpan<byte> rid)
    {
        int found = Nowhere;
        for (int i = 0; i < sections.Count; i++)
        {
            ReceivedSection section = sections[i];
            if (section.CodecOf(payloadType) is null && section.CodecOfRtx(payloadType) is null) continue;
            if (!rid.IsEmpty && !HasRid(section, rid)) continue;
            found = found == Nowhere ? i : Several;
        }

        return found;
    }

    private static bool HasRid(ReceivedSection section, ReadOnlySpan<byte> rid)
    {
        foreach (string name in section.Rids)
            if (IsSame(rid, name)) return true;
        return false;
    }
}
