using System.Collections.Concurrent;
using Media;
using Media.Buffers;
using Media.FFmpeg;
using Recorder.Files;
using Recorder.Tape;

namespace Recorder;

/// <summary>
/// Makes small pictures of keyframes on a thread of its own, one at a time. It is never waited for: what comes while there
/// is too much to do already, is refused, and asked for again with a later keyframe.
/// </summary>
public sealed class Thumbnails(FFmpegLibrary library) : IDisposable
{
    private const int MaxWaiting = 8;
    private const int Width = 320;
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentQueue<(MediaFrame Frame, string Path)> _waiting = new();
    private RecordingThread? _thread;

    /// <summary>Pictures that could not be made.</summary>
    public long Failed { get; private set; }

    public void Start()
    {
        if (library.IsAvailable) _thread = new RecordingThread("thumbnails", s_pace, Work, Work);
    }

    /// <summary>Takes a borrowed keyframe. False: no picture is made of it. Any thread.</summary>
    public bool Request(MediaFrame keyframe, string path)
    {
        if (_thread is null || _waiting.Count >= MaxWaiting || !library.CanDecode(keyframe.Format.Codec)) return false;
        _waiting.Enqueue((keyframe.AddReference(), path));
        return true;
    }

    public void Dispose()
    {
        _thread?.Stop();
        _thread = null;
    }

    private void Work()
    {
        while (_waiting.TryDequeue(out (MediaFrame Frame, string Path) item))
        {
            using PooledBuffer buffer = item.Frame.Buffer;
            try
            {
                if (JpegPicture.Of(library, item.Frame, Width) is { } jpeg) DiskFolder.WriteAtomically(item.Path, jpeg);
                else Failed++;
            }
            catch (Exception e) when (e is FFmpegException or IOException or UnauthorizedAccessException)
            {
                Failed++;
            }
        }
    }
}
