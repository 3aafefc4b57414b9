namespace TestKit.Sources;

/// <summary>
/// Sound whose samples follow from the wall clock alone: a 1 kHz tone, or beeps of 60 ms of the same tone that begin at
/// each full second of Unix time but each fifth, so that a listener who knows the clock knows how late it hears them.
/// </summary>
public enum TestSound
{
    None,
    Beeps,
    Tone,
}

public static class TestSoundWriter
{
    public const int BeepMilliseconds = 60;

    /// <summary>Seconds that this divides are silent: by the missing beep a whole second too late is told from in time.</summary>
    public const int SilentSecond = 5;

    private const double Frequency = 1000;
    private const double Amplitude = 16384; // -6 dB

    /// <summary>Fills <paramref name="samples"/> (interleaved s16) from sample <paramref name="first"/> after <paramref name="startMilliseconds"/>.</summary>
    public static void Write(TestSound sound, Span<short> samples, int channels, int rate, long startMilliseconds, long first)
    {
        for (int i = 0; i < samples.Length / channels; i++)
        {
            double seconds = (double)(first + i) / rate;
            double clock = (startMilliseconds % (SilentSecond * 1000) / 1000.0) + (seconds % SilentSecond);
            double inSecond = clock % 1;
            bool isBeep = inSecond < BeepMilliseconds / 1000.0 && (int)clock % SilentSecond != 0;
            bool audible = sound == TestSound.Tone || (sound == TestSound.Beeps && isBeep);
            double phase = (sound == TestSound.Tone ? seconds : inSecond) * Frequency % 1;
            short value = audible ? (short)(Amplitude * Math.Sin(2 * Math.PI * phase)) : (short)0;
            for (int channel = 0; channel < channels; channel++) samples[(i * channels) + channel] = value;
        }
    }
}
