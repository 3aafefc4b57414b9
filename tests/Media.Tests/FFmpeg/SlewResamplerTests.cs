using Media.FFmpeg;

namespace Media.Tests.FFmpeg;

public sealed class SlewResamplerTests
{
    private const double Step = 2 * Math.PI * 1000 / 48000;

    [Fact]
    public void Without_slew_the_samples_pass_unchanged()
    {
        var resampler = new SlewResampler();
        float[] input = Tone(4800), output = new float[960 * 2];
        resampler.Write(input);
        for (int n = 0; n < 4; n++)
        {
            Assert.True(resampler.TryRead(output));
            Assert.Equal(input.AsSpan(n * 1920, 1920).ToArray(), output);
        }

        Assert.False(new SlewResampler().TryRead(output));
    }

    [Fact]
    public void A_reset_leaves_out_what_is_to_be_skipped()
    {
        var resampler = new SlewResampler();
        resampler.Write(Tone(500));
        resampler.Reset(312);
        float[] input = Tone(2000), output = new float[1920];
        resampler.Write(input);
        Assert.True(resampler.TryRead(output));
        Assert.Equal(input.AsSpan(624, 1920).ToArray(), output);
    }

    [Theory]
    [InlineData(0.005)]
    [InlineData(-0.005)]
    [InlineData(0.0003)]
    public void A_stretched_tone_keeps_its_shape(double slew)
    {
        var resampler = new SlewResampler { Slew = slew };
        float[] input = Tone(96_000), output = new float[1920];
        resampler.Write(input);
        double worst = 0, position = 0;
        for (int block = 0; block < 60; block++)
        {
            Assert.True(resampler.TryRead(output));
            for (int i = 0; i < 960; i++, position += 1 - slew)
                if (position > 40) worst = Math.Max(worst, Math.Abs(output[2 * i] - (0.5 * Math.Sin(position * Step))));
        }

        Assert.InRange(worst, 0, 0.5e-4); // 80 dB below the tone
    }

    [Fact]
    public void Slew_that_changes_makes_no_click()
    {
        var resampler = new SlewResampler();
        float[] output = new float[1920];
        resampler.Write(Tone(96_000));
        float last = 0, largest = 0;
        for (int block = 0; block < 90; block++)
        {
            resampler.Slew = (block % 3 - 1) * 0.005;
            Assert.True(resampler.TryRead(output));
            for (int i = 0; i < 960; i++, last = output[(2 * i) - 2])
                if (block > 0) largest = Math.Max(largest, Math.Abs(output[2 * i] - last));
        }

        Assert.InRange(largest, 0, 0.5 * Step * 1.01);
    }

    private static float[] Tone(int samples)
    {
        var tone = new float[samples * 2];
        for (int i = 0; i < samples; i++) tone[2 * i] = tone[(2 * i) + 1] = (float)(0.5 * Math.Sin(i * Step));
        return tone;
    }
}
