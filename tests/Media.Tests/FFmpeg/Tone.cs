namespace Media.Tests.FFmpeg;

/// <summary>Measures a sine of known frequency in interleaved stereo (its left channel).</summary>
internal static class Tone
{
    /// <summary>Signal to noise in dB: what is left after the best-fitting sine is taken out.</summary>
    public static double SignalToNoise(ReadOnlySpan<float> stereo, double frequency)
    {
        (double sine, double cosine) = Fit(stereo, frequency);
        double step = 2 * Math.PI * frequency / 48000, noise = 0;
        for (int i = 0; i < stereo.Length / 2; i++)
        {
            double rest = stereo[2 * i] - (sine * Math.Sin(step * i)) - (cosine * Math.Cos(step * i));
            noise += rest * rest;
        }

        double signal = ((sine * sine) + (cosine * cosine)) / 2 * (stereo.Length / 2);
        return 10 * Math.Log10(signal / Math.Max(noise, 1e-12));
    }

    /// <summary>Largest distance in dB between the levels of windows of 20 ms and the level of the whole.</summary>
    public static double LevelSpread(ReadOnlySpan<float> stereo)
    {
        const int Window = 960 * 2;
        double whole = Power(stereo), worst = 0;
        for (int at = 0; at + Window <= stereo.Length; at += Window)
            worst = Math.Max(worst, Math.Abs(10 * Math.Log10(Math.Max(Power(stereo.Slice(at, Window)), 1e-12) / whole)));
        return worst;
    }

    private static (double Sine, double Cosine) Fit(ReadOnlySpan<float> stereo, double frequency)
    {
        double step = 2 * Math.PI * frequency / 48000, sine = 0, cosine = 0;
        int samples = stereo.Length / 2;
        for (int i = 0; i < samples; i++)
        {
            sine += stereo[2 * i] * Math.Sin(step * i);
            cosine += stereo[2 * i] * Math.Cos(step * i);
        }

        return (2 * sine / samples, 2 * cosine / samples);
    }

    private static double Power(ReadOnlySpan<float> stereo)
    {
        double sum = 0;
        for (int i = 0; i < stereo.Length; i += 2) sum += stereo[i] * stereo[i];
        return sum / (stereo.Length / 2);
    }
}
