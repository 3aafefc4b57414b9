using Media.Codecs;

namespace Media.Tests.Rtp.Payloads;

/// <summary>Temporal units of libaom in FFmpeg 5.1, 32x32, as files have them: a keyframe and one frame after it.</summary>
internal static class Av1Samples
{
    public static string[] TemporalUnits =>
    [
        "12000a0a0000000227fe6d7c802032cd0510008000d0595a7ed1e3075f357be123859b801fbbf42d7720dae56535bc18c08c1bc2"
            + "bc18c1140fff5526dffff7e640e6d231ddcbf85d215bca353676a3f13dbbc8fedd50cf2658c0a000aa82c4e882146d26490afad1"
            + "8b6da5eb199c56713d5535e065dd9559dddd5a5f877655735e5f75ebeb839953b18e827fa1ba7e82868156408a875deb84dee8c1"
            + "54e7c2b10009c554eadf266abb84b07e6bc784d0f958d59e67bfa58eede3832f0ac85f717584bc7061eee436ede8fd54325c8b5a"
            + "7c3d2346974fde6a346cfa8bc50749df2fef262622d8dbe04f233e3f7233fe464e790de2dd78039d79c3f0bc3758bc5679169069"
            + "179279271d89346811d40f6fe16899cf92627827fa9af81572acdaceb2eaceb3053108d1db7a69edce0bb3c0ae2ed067fd89ba15"
            + "d3b41fb500c043ee323b2338a2a240a0a35dbeea6ef90240b1fd7e61f60a1ba959950e7f1d14a68c48ecef48ecef48ecede6ecb7"
            + "f7125fffdec2ba785e1f0e34148a9cf819145a77fd0b3363f9664fb9c3f5791b787ff7c450f4d1d57e53000dca07c2a27de0c208"
            + "10820c30c20827bfc2a44c8f5e6564d92425ba00bd673b5cd029eaa3eda761c784d1f842d1cab06bebc0b47735c75822dc443c64"
            + "6ac7afa7f27ffb07b06e25f9b1e5a3bfb279afb279afb28277fadfa62033eb4a7551c51e47d51e47fbd59af6763d7d1b53b90b53"
            + "b90b53bf0d88c9aefd3c996d8d5372b4df851be894431ccdf1c9c32fd307513414b4344944649c2641147a1080b985ec30a10aa1"
            + "2b3310f277b7585fc385dc92a0e20a6012152230d273a84dd6856056dd7f057d450dbe1e415fe0decc34e2e22a33e5407a0cd64f"
            + "d6cb816fe730f9fa9c709d7510b0856c6782e93a2e31cb5f01583feb92211fc0a0b9d48da4d6cce48bafd732c0fee3f46a03f85b"
            + "5811d82ac1d135ea9c395e723afa368ec4fdd673d7b035965526757474f1ed0647db39c1139e9ffd0f95eb897246c4439c4eb9cd"
            + "d5627f50fe2e",
        "1200321230038080fdf806d1808a28a2282042008a68",
    ];

    /// <summary>An OBU with its size and anything in it.</summary>
    public static byte[] Unit(byte header, int length, Random random, byte? extension = null)
    {
        byte[] payload = new byte[length];
        random.NextBytes(payload);
        Span<byte> size = stackalloc byte[8];
        int sizeLength = Leb128.Write(size, length);
        return extension is { } second ? [header, second, .. size[..sizeLength], .. payload] : [header, .. size[..sizeLength], .. payload];
    }
}
