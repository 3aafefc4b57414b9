using Media.Buffers;

namespace Media.Rtp.Payloads;

/// <summary>Which depacketizer belongs to which codec.</summary>
public static class Depacketizers
{
    /// <summary>Null: packets of that codec can't be put together.</summary>
    public static IDepacketizer? Create(Codec codec, BufferPool? pool = null) => codec switch
    {
        Codec.H264 => new H264Depacketizer(pool),
        Codec.H265 => new H265Depacketizer(pool),
        Codec.Vp8 => new Vp8Depacketizer(pool),
        Codec.Vp9 => new Vp9Depacketizer(pool),
        Codec.Av1 => new Av1Depacketizer(pool),
        Codec.Opus => new OpusDepacketizer(pool),
        Codec.Pcmu or Codec.Pcma => new G711Depacketizer(codec, pool),
        _ => null,
    };
}
