namespace Media.Rtp.Payloads;

/// <summary>Which packetizer belongs to which codec.</summary>
public static class Packetizers
{
    /// <summary>Null: frames of that codec are not sent as packets.</summary>
    public static IPacketizer? Create(Codec codec) => codec switch
    {
        Codec.H264 => new H264Packetizer(),
        Codec.H265 => new H265Packetizer(),
        Codec.Vp8 => new Vp8Packetizer(),
        Codec.Vp9 => new Vp9Packetizer(),
        Codec.Av1 => new Av1Packetizer(),
        Codec.Opus => new OpusPacketizer(),
        Codec.Pcmu or Codec.Pcma => new G711Packetizer(),
        _ => null,
    };
}
