namespace Media.Codecs;

/// <summary>What the first bytes of an Opus packet tell (RFC 6716 §3.1 and §3.2).</summary>
/// <remarks>
/// <code>
///  0 1 2 3 4 5 6 7
/// +-+-+-+-+-+-+-+-+
/// | config  |s| c |
/// +-+-+-+-+-+-+-+-+
/// </code>
/// </remarks>
/// <param name="SamplesPerFrame">At 48 kHz, whatever the coded bandwidth.</param>
public readonly record struct OpusPacket(int FrameCount, int SamplesPerFrame, bool IsStereo)
{
    public const int ClockRate = 48_000;

    private const int MaxSamples = 5760; // 120 ms, RFC 6716 §3.4 [R5]

    /// <summary>Samples at 48 kHz.</summary>
    public int Duration => FrameCount * SamplesPerFrame;

    public static bool TryParse(ReadOnlySpan<byte> data, out OpusPacket packet)
    {
        packet = default;
        if (data.IsEmpty) return false;
        int frames = (data[0] & 3) switch
        {
            0 => 1,
            1 or 2 => 2,
            _ => data.Length < 2 ? 0 : data[1] & 0x3f,
        };
        var parsed = new OpusPacket(frames, SamplesOf(data[0] >> 3), (data[0] & 4) != 0);
        if (frames == 0 || parsed.Duration > MaxSamples) return false;
        packet = parsed;
        return true;
    }

    // Table 2: SILK 10, 20, 40, 60 ms; hybrid 10, 20 ms; CELT 2.5, 5, 10, 20 ms.
    private static int SamplesOf(int configuration) => configuration switch
    {
        < 12 => (configuration & 3) == 3 ? 2880 : 480 << (configuration & 3),
        < 16 => 480 << (configuration & 1),
        _ => 120 << (configuration & 3),
    };
}
