namespace TestKit.Sources;

/// <summary>
/// Draws a grey I420 picture that carries a 16-bit number and follows from it alone: in the top eighth 16 bars (the
/// lowest bit left, white = 1), below a moving pattern. A page that reads the number therefore knows every other pixel
/// too (tests/Browser.Tests/pages/barcode.js draws the same).
/// </summary>
public sealed class BarcodePicture
{
    public const int Bits = 16;
    private const byte White = 235;
    private const byte Black = 16;

    private readonly byte[] _column;

    public BarcodePicture(int width, int height)
    {
        Width = width;
        Height = height;
        Bytes = new byte[width * height * 3 / 2];
        Bytes.AsSpan(width * height).Fill(128);
        _column = new byte[width];
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>The picture drawn last, I420.</summary>
    public byte[] Bytes { get; }

    public int BandHeight => Height / 8;

    /// <summary>Luma of a pixel below the band in the picture of <paramref name="code"/>: between 40 and 190.</summary>
    public static byte Luma(int code, int x, int y) =>
        (byte)(40 + Triangle(x + (code >> 4)) + Triangle(y + (code >> 5)) + ((((x >> 5) ^ (y >> 5)) & 1) * 24));

    public byte[] Draw(int code)
    {
        for (int y = 0; y < Height; y++)
        {
            Span<byte> row = Bytes.AsSpan(y * Width, Width);
            if (y < BandHeight) DrawBand(row, code);
            else DrawRow(row, code, y);
        }

        return Bytes;
    }

    private void DrawBand(Span<byte> row, int code)
    {
        for (int x = 0; x < Width; x++) row[x] = ((code >> (x * Bits / Width)) & 1) != 0 ? White : Black;
    }

    private void DrawRow(Span<byte> row, int code, int y)
    {
        if (y == BandHeight)
            for (int x = 0; x < Width; x++) _column[x] = (byte)Triangle(x + (code >> 4));
        int shift = 40 + Triangle(y + (code >> 5));
        int odd = (y >> 5) & 1;
        for (int x = 0; x < Width; x++) row[x] = (byte)(_column[x] + shift + ((((x >> 5) & 1) ^ odd) * 24));
    }

    private static int Triangle(int value)
    {
        int at = value & 127;
        return at < 64 ? at : 127 - at;
    }
}
