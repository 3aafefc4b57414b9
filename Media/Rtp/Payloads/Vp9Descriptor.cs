using System.Buffers.Binary;
using Media.Codecs;

namespace Media.Rtp.Payloads;

/// <summary>The payload descriptor of VP9 (RFC 9628 §4.2), flexible and non-flexible mode.</summary>
/// <remarks>
/// <code>
///      0 1 2 3 4 5 6 7
///     +-+-+-+-+-+-+-+-+
///     |I|P|L|F|B|E|V|Z|
/// I:  |M| PICTURE ID  |
/// M:  | EXTENDED PID  |
/// L:  | TID |U| SID |D|
///     |   TL0PICIDX   |   non-flexible mode only
/// P,F:| P_DIFF      |N|   up to 3 times
/// V:  | N_S |Y|G|-----|   scalability structure
/// </code>
/// </remarks>
internal readonly record struct Vp9Descriptor
{
    private const int HasPictureId = 0x80, InterPicture = 0x40, HasLayers = 0x20, Flexible = 0x10, Begin = 0x08, End = 0x04;
    private const int HasStructure = 0x02, NotReferredTo = 0x01;
    private const int MaxReferences = 3;

    public PayloadInfo Info { get; private init; }

    /// <summary>The frame refers to earlier pictures.</summary>
    public bool IsPredicted { get; private init; }

    /// <summary>Size of the largest layer as the scalability structure says it; 0 = not told in this packet.</summary>
    public int Width { get; private init; }

    public int Height { get; private init; }

    public static bool TryParse(ReadOnlySpan<byte> payload, out Vp9Descriptor descriptor)
    {
        descriptor = default;
        if (payload.IsEmpty) return false;
        byte first = payload[0];
        var info = new PayloadInfo { StartsFrame = (first & Begin) != 0, EndsFrame = (first & End) != 0 };
        int at = 1;
        if ((first & HasPictureId) != 0 && !TryPictureId(payload, ref at, ref info)) return false;
        if ((first & HasLayers) != 0 && !TryLayers(payload, (first & Flexible) != 0, ref at, ref info)) return false;
        bool isPredicted = (first & InterPicture) != 0;
        if (isPredicted && (first & Flexible) != 0 && !TrySkipReferences(payload, ref at)) return false;
        int width = 0, height = 0;
        if ((first & HasStructure) != 0 && !TryStructure(payload, ref at, out width, out height)) return false;
        if (payload.Length <= at) return false;
        descriptor = new Vp9Descriptor
        {
            Info = info with
            {
                StartsKeyframe = info.StartsFrame && !isPredicted && info.SpatialId == 0 && !IsKnownAsPredicted(payload[at..]),
                // Z is about the layers above; what the next pictures do with a frame nobody says.
                IsDiscardable = false,
                DescriptorLength = at,
            },
            IsPredicted = isPredicted,
            Width = width,
            Height = height,
        };
        return true;
    }

    // Some senders (FFmpeg's) never set P. Where the payload is readable it says what is so.
    private static bool IsKnownAsPredicted(ReadOnlySpan<byte> frame) =>
        Vp9Header.TryParse(frame, out Vp9Header header) && !header.IsKeyframe;

    private static bool TryPictureId(ReadOnlySpan<byte> payload, ref int at, ref PayloadInfo info)
    {
        if (payload.Length <= at + 1) return false;
        bool isLong = (payload[at] & 0x80) != 0;
        info = info with
        {
            PictureId = isLong ? ((payload[at] & 0x7f) << 8) | payload[at + 1] : payload[at],
            PictureIdOffset = (byte)at,
            PictureIdLength = (byte)(isLong ? 2 : 1),
        };
        at += info.PictureIdLength;
        return true;
    }

    private static bool TryLayers(ReadOnlySpan<byte> payload, bool isFlexible, ref int at, ref PayloadInfo info)
    {
        if (payload.Length <= at) return false;
        byte layers = payload[at++];
        info = info with
        {
            TemporalId = (byte)(layers >> 5),
            IsSwitchingPoint = (layers & 0x10) != 0,
            SpatialId = (byte)((layers >> 1) & 7),
            IsInterLayerPredicted = (layers & 1) != 0,
        };
        if (isFlexible) return true;
        if (payload.Length <= at) return false;
        info = info with { Tl0PicIdx = payload[at], Tl0PicIdxOffset = (byte)at };
        at++;
        return true;
    }

    private static bool TrySkipReferences(ReadOnlySpan<byte> payload, ref int at)
    {
        for (int i = 0; i < MaxReferences; i++)
        {
            if (payload.Length <= at) return false;
            if ((payload[at++] & 1) == 0) return true;
        }

        return false; // the third says that there is a fourth
    }

    // |N_S|Y|G|, per spatial layer width and height, per picture of the group |TID|U|R| and its R references
    private static bool TryStructure(ReadOnlySpan<byte> payload, ref int at, out int width, out int height)
    {
        width = height = 0;
        if (payload.Length <= at) return false;
        byte structure = payload[at++];
        if ((structure & 0x10) != 0)
        {
            int sizes = ((structure >> 5) + 1) * 4;
            if (payload.Length < at + sizes) return false;
            for (int end = at + sizes; at < end; at += 4)
            {
                width = Math.Max(width, BinaryPrimitives.ReadUInt16BigEndian(payload[at..]));
                height = Math.Max(height, BinaryPrimitives.ReadUInt16BigEndian(payload[(at + 2)..]));
            }
        }

        if ((structure & 0x08) == 0) return true;
        if (payload.Length <= at) return false;
        for (int pictures = payload[at++]; pictures > 0; pictures--)
        {
            if (payload.Length <= at) return false;
            at += 1 + ((payload[at] >> 2) & 3);
        }

        return payload.Length >= at;
    }
}
