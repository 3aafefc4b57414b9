namespace TestKit.Sources;

/// <summary>What the barcodes of a source count: milliseconds since an instant, beginning again after a period.</summary>
/// <param name="Epoch">Unix milliseconds of the code 0.</param>
/// <param name="Period">In milliseconds.</param>
public readonly record struct BarcodeClock(long Epoch, int Period)
{
    /// <summary>The wall clock, in as many bits as a barcode has.</summary>
    public static BarcodeClock Unix { get; } = new(0, 1 << BarcodePicture.Bits);

    /// <summary>Milliseconds from the drawing of a picture to an instant, if that is less than half a period.</summary>
    public long Since(int code, double unixMilliseconds) => Shortest((long)unixMilliseconds - Epoch - code);

    /// <summary>From one code to another, the shorter way round.</summary>
    public long Shortest(long difference)
    {
        long wrapped = ((difference % Period) + Period) % Period;
        return wrapped >= Period / 2 ? wrapped - Period : wrapped;
    }
}
