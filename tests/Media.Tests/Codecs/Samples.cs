namespace Media.Tests.Codecs;

/// <summary>Real bitstreams, made with x264 (r3095) and FFmpeg's encoders.</summary>
internal static class Samples
{
    public const string HighSps = "6764000bacd9430fe226c044000003000400000300f03c50a658";
    public const string HighPps = "68ebe3cb22c0";
    public const string BaselineSps = "6742c00ad9047b011000000300100000030328f1226480";
    public const string BaselinePps = "68cb83cb20";

    /// <summary>The sequence header of an FLV file: High, 32x32, 25 fps, B-frames.</summary>
    public const string AvcConfiguration =
        "0164000affe100176764000aacd9496c0440000003004000000c83c489658001000668ebe3cb22c0fdf8f800";

    // x264: 32x32, 25 fps, two slices, bframes=2, b-pyramid=0, delimiters; six access units in decoding order.
    private const string BFrameStream =
        "000000010910000000016764000aacd1096c0440000003004000000c83c48944800000000168ebe3cb22c000000165888400"
        + "cfccff9e30deed3ef24c27d21eaac3251f2f08b4b08dda7e7d2315ab3ad226a81528697d36bce178fbbee0deb216e06d58235161352d27"
        + "b2fa7db2abf1f5a6a55bd71764a48b74325e4f07981ba02dd1822cca043d6695448f3f4a1fba6e0eaec1024b771c9a9b848d0496c73fea"
        + "3cf821edb7fbf1ba8718089eeca1bfd742218f58ae62ff291961f8cf8e133a8c943db1d3b9813fb2b09a2450c2fe784e955be365404c11"
        + "adbdf338ec03c8ccd3e9fe889c588ad3fb79a0ba9f76393da3caa39bcbafc42b9b93f0e07fc3dfa9a9d4a6b25d196d7dcaa94bac0584fb"
        + "dc9f6489e2766f7c38789f60155b770fb7c00ca4544b0257e080713d1d94c303898f65aed0b46da08d9ca153f1b2dccb9cdca412ee83a0"
        + "aecd44eefedad72c2a091c1150d465f9b5161ec50bdbe0646d32e9d44be55153324abf000001656221006ff384db2be0cfe48aa2203335"
        + "1bd457142503d39029414a92725449e14f11e1a07648f8d84b87a7913204dcd922c61318e2fca8a1aedda3e6aefe871c42603c39e8c100"
        + "0000010930000001419a26d8843f8e80000001416689b622bf7ec0000000010950000001019e42f216ffdd81000001016790bc84bfd981"
        + "000000010950000001019e44f216ffdd800000010167913c84bfd980000000010930000001419a4a78432653085bffd1a306465c5c71f8"
        + "a80f48134e5cca095aa8a1631f94f5acdccfffe761447c47e92ee6821eed7ef10000014166929e10c994c212ff99810000000109500000"
        + "01019e68d485bff86da100000101679a35212fd981";

    public static byte[] AnnexBStream => Convert.FromHexString(BFrameStream);

    /// <summary>The access units of the stream above, each from its delimiter on.</summary>
    public static byte[][] AnnexBAccessUnits
    {
        get
        {
            byte[] stream = AnnexBStream;
            var starts = new List<int>();
            for (int i = 0; i + 4 < stream.Length; i++)
                if (stream.AsSpan(i, 5).SequenceEqual<byte>([0, 0, 0, 1, 9])) starts.Add(i);
            return [.. starts.Select((start, i) => stream[start..(i + 1 < starts.Count ? starts[i + 1] : stream.Length)])];
        }
    }

    public static byte[] Hex(string hex) => Convert.FromHexString(hex);

    /// <summary>Joins NAL units behind lengths of the given size.</summary>
    public static byte[] LengthPrefixed(int lengthSize, params byte[][] units)
    {
        var output = new List<byte>();
        foreach (byte[] unit in units)
        {
            for (int i = lengthSize - 1; i >= 0; i--) output.Add((byte)(unit.Length >> (8 * i)));
            output.AddRange(unit);
        }

        return [.. output];
    }
}
