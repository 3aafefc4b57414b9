using System.Buffers.Binary;

namespace Media.Rtp.Payloads;

/// <summary>
/// What is added to the picture numbers of VP8 and VP9 (picture id, TL0PICIDX, KEYIDX) of one source, so that they go on
/// behind those of another one: receivers order frames by them. Pure.
/// </summary>
/// <remarks>Numbers of the same width as the source writes, modulo that width (RFC 7741 §4.2, RFC 9628 §4.2).</remarks>
public readonly record struct PictureShift(int Picture, int Tl0, int Key)
{
    /// <summary>Bytes of a payload that hold all of its numbers.</summary>
    public const int HeadLength = 8;

    // RFC 9628 §4.2: what lies behind the numbers, and need not be there to read them
    private const int Vp9Predicted = 0x40, Vp9Structure = 0x02;

    public bool IsNone => this == default;

    /// <summary>None where one of the two has no numbers, or the codec has none.</summary>
    /// <param name="newest">Beginning of the last payload of the one source, as it was sent.</param>
    /// <param name="first">Beginning of the first payload of the other source, a keyframe, as it came.</param>
    public static PictureShift Behind(Codec codec, ReadOnlySpan<byte> newest, ReadOnlySpan<byte> first)
    {
        if (!TryRead(codec, newest, out PayloadInfo before) || !TryRead(codec, first, out PayloadInfo after)) return default;
        return new PictureShift(
            before.PictureIdLength > 0 && after.PictureIdLength > 0 ? before.PictureId + 1 - after.PictureId : 0,
            before.Tl0PicIdxOffset > 0 && after.Tl0PicIdxOffset > 0 ? before.Tl0PicIdx + 1 - after.Tl0PicIdx : 0,
            before.KeyIdxOffset > 0 && after.KeyIdxOffset > 0 ? before.KeyIdx + 1 - after.KeyIdx : 0);
    }

    /// <summary>Changes a payload of the other source in place.</summary>
    public void Apply(Codec codec, Span<byte> payload)
    {
        if (IsNone || !TryRead(codec, payload, out PayloadInfo info)) return;
        if (info.PictureIdLength == 1) Add(ref payload[info.PictureIdOffset], Picture, 0x7f);
        if (info.PictureIdLength == 2)
            BinaryPrimitives.WriteUInt16BigEndian(payload[info.PictureIdOffset..], (ushort)(0x8000 | ((info.PictureId + Picture) & 0x7fff)));
        if (info.Tl0PicIdxOffset > 0) Add(ref payload[info.Tl0PicIdxOffset], Tl0, 0xff);
        if (info.KeyIdxOffset > 0) Add(ref payload[info.KeyIdxOffset], Key, 0x1f);
    }

    private static bool TryRead(Codec codec, ReadOnlySpan<byte> payload, out PayloadInfo info)
    {
        info = default;
        if (codec is not (Codec.Vp8 or Codec.Vp9) || payload.IsEmpty) return false;
        Span<byte> head = stackalloc byte[HeadLength];
        head.Clear();
        payload[..Math.Min(payload.Length, HeadLength)].CopyTo(head);
        if (codec == Codec.Vp9) head[0] &= unchecked((byte)~(Vp9Predicted | Vp9Structure));
        return PayloadInspector.TryInspect(codec, head, out info)
            && Math.Max(Math.Max(info.PictureIdOffset + info.PictureIdLength, info.Tl0PicIdxOffset + 1), info.KeyIdxOffset + 1) <= payload.Length;
    }

    private static void Add(ref byte field, int shift, int mask) => field = (byte)((field & ~mask) | ((field + shift) & mask));
}
