using System.Buffers.Binary;

namespace Media.Rtp.Payloads;

/// <summary>
/// Keeps the picture numbers of VP8 and VP9 going where one source follows another on a track: receivers order frames by
/// them. The first source's payloads stay as they are; those of later ones are changed in place. One thread.
/// </summary>
/// <remarks>Numbers of the same width as the source writes, modulo that width (RFC 7741 §4.2, RFC 9628 §4.2).</remarks>
public sealed class PictureNumbers(Codec codec)
{
    private Counter _picture;
    private Counter _tl0;
    private Counter _key;

    /// <summary>What follows is of another source, and begins with a keyframe.</summary>
    public void BeginSource()
    {
        _picture.Begin();
        _tl0.Begin();
        _key.Begin();
    }

    public void Apply(Span<byte> payload)
    {
        if (codec is not (Codec.Vp8 or Codec.Vp9) || !PayloadInspector.TryInspect(codec, payload, out PayloadInfo info)) return;
        ApplyPicture(payload, info.PictureIdOffset, info.PictureIdLength);
        if (info.Tl0PicIdxOffset > 0) ApplyIndex(ref payload[info.Tl0PicIdxOffset], ref _tl0, 0xff);
        if (info.KeyIdxOffset > 0) ApplyIndex(ref payload[info.KeyIdxOffset], ref _key, 0x1f);
    }

    private void ApplyPicture(Span<byte> payload, int offset, int length)
    {
        if (length == 1) ApplyIndex(ref payload[offset], ref _picture, 0x7f);
        if (length != 2) return;
        Span<byte> id = payload.Slice(offset, 2);
        int value = BinaryPrimitives.ReadUInt16BigEndian(id) & 0x7fff;
        BinaryPrimitives.WriteUInt16BigEndian(id, (ushort)(0x8000 | _picture.Map(value, 0x7fff)));
    }

    private static void ApplyIndex(ref byte field, ref Counter counter, int mask) =>
        field = (byte)((field & ~mask) | counter.Map(field & mask, mask));

    /// <summary>One kind of number: what is added to the source's, and the newest that went out.</summary>
    private struct Counter
    {
        private int _shift;
        private int _newest;
        private bool _any;
        private bool _begins;

        public void Begin() => _begins = _any;

        public int Map(int value, int mask)
        {
            if (_begins) _shift = _newest + 1 - value;
            _begins = false;
            int mapped = (value + _shift) & mask;
            // Late packets are older, and do not count.
            if (!_any || ((mapped - _newest) & mask) <= mask / 2) _newest = mapped;
            _any = true;
            return mapped;
        }
    }
}
