using Media.Buffers;

namespace Media.FFmpeg;

/// <summary>An <see cref="AudioTranscoder"/> on a thread of its own behind a bounded queue. Methods: any one thread.</summary>
public sealed class ThreadedAudioTranscoder : IDisposable
{
    private const int QueuedFrames = 200; // 4 s

    private readonly AudioTranscoder _transcoder;
    private readonly ITranscodeListener _listener;
    private readonly WorkQueue<MediaFrame> _inputs = new(QueuedFrames);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _droppedFrames;
    private int _disposed;

    private ThreadedAudioTranscoder(
        FFmpegLibrary library, AudioTranscoderOptions options, BufferPool pool, ITranscodeListener listener)
    {
        _listener = listener;
        _transcoder = new AudioTranscoder(library, options, pool, Deliver);
    }

    /// <summary>The thread has gone and everything is released.</summary>
    public Task Ended => _ended.Task;

    public TrackFormat OutputFormat => _transcoder.OutputFormat;

    /// <summary>Input frames left out because the queue was full.</summary>
    public long DroppedFrames => Interlocked.Read(ref _droppedFrames);

    public long DamagedFrames => _transcoder.DamagedFrames;

    public long Restarts => _transcoder.Restarts;

    /// <summary>Makes the transcoder and its thread. Throws <see cref="FFmpegException"/> where a codec is missing.</summary>
    public static ThreadedAudioTranscoder Start(
        FFmpegLibrary library, AudioTranscoderOptions options, BufferPool pool, ITranscodeListener listener)
    {
        var transcoder = new ThreadedAudioTranscoder(library, options, pool, listener);
        TranscodeThread.Start("audio transcoder", transcoder.Run, transcoder.Fail, transcoder.End);
        return transcoder;
    }

    /// <summary>Takes a frame (and a reference to it); never waits. False where it was dropped.</summary>
    public bool Write(in MediaFrame frame)
    {
        frame.AddReference();
        if (_inputs.TryAdd(frame)) return true;
        frame.Release();
        Interlocked.Increment(ref _droppedFrames);
        return false;
    }

    /// <summary>Ends the thread without waiting for it. A call to the listener under way may still finish.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _disposed, 1);
        _inputs.Close(static frame => frame.Release());
    }

    private void Run()
    {
        while (_inputs.TryTake(out MediaFrame frame))
        {
            try
            {
                _transcoder.Transcode(frame);
            }
            finally
            {
                frame.Release();
            }
        }
    }

    private void Deliver(MediaFrame frame)
    {
        if (Volatile.Read(ref _disposed) == 0) _listener.OnFrame(frame);
    }

    private void Fail(string reason)
    {
        _inputs.Close(static frame => frame.Release());
        if (Volatile.Read(ref _disposed) == 0) _listener.OnFault(reason);
    }

    private void End()
    {
        _transcoder.Dispose();
        _ended.SetResult();
    }
}
