using System.Globalization;
using Media.FFmpeg.Native;

namespace Media.FFmpeg;

/// <summary>
/// Makes whole pictures of frames whose two fields were taken one after the other; frames that are whole pass as they
/// are. It needs to see the next frame, and so is one behind. One thread.
/// </summary>
internal sealed class Deinterlacer : IDisposable
{
    private FilterGraphHandle? _graph;
    private (int Width, int Height, int Format) _source;

    /// <summary>Takes a frame, which is empty afterwards.</summary>
    public void Push(FrameHandle frame)
    {
        var source = (frame.Width, frame.Height, frame.Format);
        if (_graph is null || source != _source) Build(source);
        _graph!.Push(frame);
    }

    public bool TryPull(FrameHandle frame) => _graph!.TryPull(frame);

    public void Dispose() => _graph?.Dispose();

    private void Build((int Width, int Height, int Format) source)
    {
        _graph?.Dispose();
        _graph = null;
        _graph = FilterGraphHandle.Create(
            ("buffer", string.Create(CultureInfo.InvariantCulture,
                $"video_size={source.Width}x{source.Height}:pix_fmt={source.Format}:time_base=1/90000:pixel_aspect=1/1")),
            ("yadif", "mode=send_frame:deint=interlaced"),
            ("settb", "expr=1/90000"), // it counts in half ticks
            ("buffersink", null));
        _source = source;
    }
}
