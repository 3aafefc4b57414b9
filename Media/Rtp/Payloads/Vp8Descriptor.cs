namespace Media.Rtp.Payloads;

/// <summary>The payload descriptor of VP8 (RFC 7741 §4.2).</summary>
/// <remarks>
/// <code>
///      0 1 2 3 4 5 6 7
///     +-+-+-+-+-+-+-+-+
///     |X|R|N|S|R| PID |
/// X:  |I|L|T|K| RSV   |
/// I:  |M| PictureID   |
/// M:  |   PictureID   |
/// L:  |   TL0PICIDX   |
/// T/K:|TID|Y| KEYIDX  |
/// </code>
/// </remarks>
internal static class Vp8Descriptor
{
    private const int Extended = 0x80, NonReference = 0x20, Start = 0x10, Partition = 0x07;
    private const int HasPictureId = 0x80, HasTl0PicIdx = 0x40, HasTid = 0x20, HasKeyIdx = 0x10;
    private const int LongPictureId = 0x80;

    /// <summary>False where the descriptor is cut off or nothing follows it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out PayloadInfo info)
    {
        info = default;
        if (payload.Length < 2) return false;
        byte first = payload[0];
        info = new PayloadInfo
        {
            // S with partition 0 is the first packet of a frame.
            StartsFrame = (first & (Start | Partition)) == Start,
            IsDiscardable = (first & NonReference) != 0,
            DescriptorLength = 1,
        };
        return (first & Extended) == 0 || TryParseExtension(payload, ref info);
    }

    private static bool TryParseExtension(ReadOnlySpan<byte> payload, ref PayloadInfo info)
    {
        byte fields = payload[1];
        int at = 2;
        if ((fields & HasPictureId) != 0)
        {
            if (payload.Length <= at + 1) return false;
            bool isLong = (payload[at] & LongPictureId) != 0;
            int id = isLong ? ((payload[at] & 0x7f) << 8) | payload[at + 1] : payload[at];
            info = info with { PictureId = id, PictureIdOffset = (byte)at, PictureIdLength = (byte)(isLong ? 2 : 1) };
            at += info.PictureIdLength;
        }

        if ((fields & HasTl0PicIdx) != 0)
        {
            if (payload.Length <= at) return false;
            info = info with { Tl0PicIdx = payload[at], Tl0PicIdxOffset = (byte)at };
            at++;
        }

        if ((fields & (HasTid | HasKeyIdx)) != 0)
        {
            if (payload.Length <= at) return false;
            byte last = payload[at];
            if ((fields & HasTid) != 0) info = info with { TemporalId = (byte)(last >> 6), IsSwitchingPoint = (last & 0x20) != 0 };
            if ((fields & HasKeyIdx) != 0) info = info with { KeyIdx = (byte)(last & 0x1f), KeyIdxOffset = (byte)at };
            at++;
        }

        info = info with { DescriptorLength = at };
        return payload.Length > at;
    }
}
