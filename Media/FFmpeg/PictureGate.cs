namespace Media.FFmpeg;

/// <summary>A decoded picture on its way to the encoder.</summary>
/// <param name="SourceTime">Decode time of the frame that brought it out of the decoder.</param>
/// <param name="FrameRate">As the source signals it, or 0.</param>
/// <param name="Run">Which opening of the gate it belongs to.</param>
internal readonly record struct Picture(VideoPicture Content, long SourceTime, double FrameRate, int Run);

/// <summary>
/// Between decoder and encoder: lets pictures through while open and keeps the latest, with which the next opening
/// begins. Its lock is never held while waiting.
/// </summary>
internal sealed class PictureGate(bool open, WorkQueue<Picture> pictures) : IDisposable
{
    private readonly Lock _lock = new();
    private Picture? _latest;
    private bool _open = open;
    private int _run = 1;

    public bool IsOpen => Volatile.Read(ref _open);

    public int Run => Volatile.Read(ref _run);

    /// <summary>Takes a picture (and a reference to it). Waits while the encoder is busy. Decoder thread.</summary>
    /// <param name="show">False: only keep it, for it is of the past.</param>
    public void Pass(Picture picture, bool show)
    {
        lock (_lock)
        {
            _latest?.Content.Dispose();
            _latest = picture with { Content = picture.Content.AddReference() };
            if (!_open || !show) return;
            picture = picture with { Content = picture.Content.AddReference(), Run = _run };
        }

        if (!pictures.AddWhenFree(picture)) picture.Content.Dispose();
    }

    public void Open()
    {
        lock (_lock)
        {
            if (_open) return;
            _open = true;
            _run++;
            if (_latest is not { } latest) return;
            Picture first = latest with { Content = latest.Content.AddReference(), Run = _run };
            if (!pictures.TryAdd(first)) first.Content.Dispose();
        }
    }

    public void Shut()
    {
        lock (_lock)
        {
            if (!_open) return;
            _open = false;
            _run++;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _latest?.Content.Dispose();
            _latest = null;
        }
    }
}
