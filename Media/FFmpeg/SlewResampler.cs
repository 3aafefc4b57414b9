using System.Numerics;

namespace Media.FFmpeg;

/// <summary>
/// Stretches stereo sound by tiny, changing amounts without a click: a windowed-sinc interpolator whose reading position
/// moves by 1 - slew per output sample. Its group delay is taken out, so that output n is input n until something was
/// stretched. Allocates only when its buffer grows. Pure; one thread.
/// </summary>
internal sealed class SlewResampler
{
    private const int Taps = 32;
    private const int Before = (Taps / 2) - 1; // taps left of the reading position
    private const int Phases = 512;
    private const double KaiserBeta = 9; // side lobes below -90 dB

    // Row p holds the filter for a position p/512 between two samples; one row more, to interpolate between rows.
    private static readonly float[] Bank = BuildBank();

    private readonly float[] _filter = new float[Taps];
    private float[] _left = new float[8192];
    private float[] _right = new float[8192];
    private int _count;
    private double _position;
    private double _filterPhase = -1;

    public SlewResampler() => Reset(0);

    /// <summary>Part by which the sound is stretched (positive: slower).</summary>
    public double Slew { get; set; }

    /// <summary>Forgets everything; reading begins <paramref name="skip"/> samples after the next one written.</summary>
    public void Reset(int skip)
    {
        Array.Clear(_left, 0, Before);
        Array.Clear(_right, 0, Before);
        _count = Before;
        _position = Before + skip;
        Slew = 0;
    }

    public void Write(ReadOnlySpan<float> interleaved)
    {
        int samples = interleaved.Length / 2;
        Reserve(samples);
        Span<float> left = _left.AsSpan(_count, samples), right = _right.AsSpan(_count, samples);
        for (int i = 0; i < samples; i++)
        {
            left[i] = interleaved[2 * i];
            right[i] = interleaved[(2 * i) + 1];
        }

        _count += samples;
    }

    /// <summary>Fills all of <paramref name="interleaved"/>, or nothing while there is too little input.</summary>
    public bool TryRead(Span<float> interleaved)
    {
        int samples = interleaved.Length / 2;
        double step = 1 - Slew;
        if (_position + (samples * step) + Taps - Before > _count) return false;
        for (int i = 0; i < samples; i++)
        {
            int whole = (int)_position;
            SelectFilter(_position - whole);
            interleaved[2 * i] = Dot(_left.AsSpan(whole - Before, Taps));
            interleaved[(2 * i) + 1] = Dot(_right.AsSpan(whole - Before, Taps));
            _position += step;
        }

        Discard();
        return true;
    }

    private float Dot(ReadOnlySpan<float> samples)
    {
        if (_filterPhase == 0) return samples[Before];
        Vector<float> sum = Vector<float>.Zero;
        ReadOnlySpan<float> filter = _filter;
        for (int i = 0; i <= Taps - Vector<float>.Count; i += Vector<float>.Count)
            sum += new Vector<float>(samples[i..]) * new Vector<float>(filter[i..]);
        return Vector.Sum(sum);
    }

    private void SelectFilter(double phase)
    {
        if (phase == _filterPhase) return;
        _filterPhase = phase;
        double scaled = phase * Phases;
        int row = (int)scaled;
        float part = (float)(scaled - row);
        ReadOnlySpan<float> a = Bank.AsSpan(row * Taps, Taps), b = Bank.AsSpan((row + 1) * Taps, Taps);
        for (int i = 0; i < Taps; i++) _filter[i] = a[i] + ((b[i] - a[i]) * part);
    }

    private void Discard()
    {
        int drop = (int)_position - Before;
        if (drop < 2048) return;
        _left.AsSpan(drop, _count - drop).CopyTo(_left);
        _right.AsSpan(drop, _count - drop).CopyTo(_right);
        _count -= drop;
        _position -= drop;
    }

    private void Reserve(int samples)
    {
        if (_count + samples <= _left.Length) return;
        int size = Math.Max(_left.Length * 2, _count + samples);
        Array.Resize(ref _left, size);
        Array.Resize(ref _right, size);
    }

    private static float[] BuildBank()
    {
        var bank = new float[(Phases + 1) * Taps];
        for (int p = 0; p <= Phases; p++)
        {
            Span<float> row = bank.AsSpan(p * Taps, Taps);
            double sum = 0;
            for (int i = 0; i < Taps; i++)
            {
                double x = i - Before - ((double)p / Phases);
                double sinc = x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
                double edge = x / (Taps / 2);
                double window = Math.Abs(edge) >= 1 ? 0 : Bessel(KaiserBeta * Math.Sqrt(1 - (edge * edge))) / Bessel(KaiserBeta);
                row[i] = (float)(sinc * window);
                sum += row[i];
            }

            for (int i = 0; i < Taps; i++) row[i] /= (float)sum;
        }

        return bank;
    }

    /// <summary>The modified Bessel function of order zero, which makes Kaiser's window.</summary>
    private static double Bessel(double x)
    {
        double sum = 1, term = 1;
        for (int k = 1; k < 40; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }
}
