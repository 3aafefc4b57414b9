namespace Media.Containers;

/// <summary>Reads a seekable stream by offset, small things through one window. Its end is where it was when it was opened.</summary>
internal sealed class FileWindow : IDisposable
{
    private const int WindowSize = 4096;

    private readonly Stream _stream;
    private byte[] _window = new byte[WindowSize];
    private long _start;
    private int _filled;

    public FileWindow(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanSeek || !stream.CanRead) throw new ArgumentException("The stream must be readable and seekable.", nameof(stream));
        _stream = stream;
        Length = stream.Length;
    }

    public long Length { get; }

    /// <summary>Up to <paramref name="count"/> bytes from an offset on; fewer at the end of the file. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Peek(long offset, int count)
    {
        count = (int)Math.Clamp(Length - offset, 0, count);
        if (count == 0) return default;
        if (offset < _start || offset + count > _start + _filled) Fill(offset, count);
        return _window.AsSpan((int)(offset - _start), count);
    }

    /// <summary>Exactly so many bytes.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > Length - destination.Length) throw new MediaFileException("The file ends in the middle of its content.");
        try
        {
            _stream.Position = offset;
            _stream.ReadExactly(destination);
        }
        catch (IOException fault)
        {
            throw new MediaFileException($"The file can't be read: {fault.Message}", fault);
        }
    }

    public void Dispose() => _stream.Dispose();

    private void Fill(long offset, int count)
    {
        if (_window.Length < count) _window = new byte[count];
        _filled = 0;
        int wanted = (int)Math.Min(Math.Max(count, WindowSize), Length - offset);
        Read(offset, _window.AsSpan(0, Math.Min(wanted, _window.Length)));
        _start = offset;
        _filled = Math.Min(wanted, _window.Length);
    }
}
