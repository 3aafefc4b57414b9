using Media.Buffers;
using Media.Scheduling;

namespace Media.FFmpeg;

/// <summary>
/// One video track made into another, on two threads of its own: decoder -> at most three pictures -> encoder. Frames go
/// in without waiting; a full queue drops to the next keyframe. The encoder can be paused while the decoder stays with
/// the source, so that a keyframe of this very moment is one picture away. Methods: any one thread (the track's loop).
/// </summary>
public sealed class VideoTranscoder : IDisposable
{
    private const int QueuedPictures = 3;

    private readonly VideoTranscoderOptions _options;
    private readonly ITranscodeListener _listener;
    private readonly MonotonicClock _clock;
    private readonly VideoDecoder _decoder;
    private readonly VideoEncodeStage _stage;
    private readonly SourceMeter _meter = new();
    private readonly TranscodeLadder _ladder = new();
    private readonly WorkQueue<Input> _inputs;
    private readonly WorkQueue<Picture> _pictures = new(QueuedPictures);
    private readonly PictureGate _gate;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _threads = 2;
    private int _keyframeWanted;
    private int _disposed;
    private int _faulted;
    private bool _dropping;
    private long _newest;
    private long _droppedFrames;
    private long _encodedFrames;

    private VideoTranscoder(
        FFmpegLibrary library, VideoTranscoderOptions options, BufferPool pool, ITranscodeListener listener, MonotonicClock clock)
    {
        _options = options;
        _listener = listener;
        _clock = clock;
        _decoder = new VideoDecoder(library, Math.Min(2, Environment.ProcessorCount));
        _stage = new VideoEncodeStage(library, options, _meter, pool, Deliver);
        _inputs = new WorkQueue<Input>(options.QueuedFrames);
        _gate = new PictureGate(options.StartEncoding, _pictures);
    }

    /// <summary>Ended after <see cref="Dispose"/> or a fault: both threads have gone and everything is released.</summary>
    public Task Ended => _ended.Task;

    public TranscodeStep Step => _stage.Step;

    public bool IsEncoding => _gate.IsOpen;

    /// <summary>Input frames left out because the queue was full.</summary>
    public long DroppedFrames => Interlocked.Read(ref _droppedFrames);

    public long EncodedFrames => Interlocked.Read(ref _encodedFrames);

    public long DamagedFrames => _decoder.DamagedFrames;

    /// <summary>Makes the transcoder and its threads. Throws <see cref="FFmpegException"/> where a codec is missing.</summary>
    public static VideoTranscoder Start(
        FFmpegLibrary library, VideoTranscoderOptions options, BufferPool pool, ITranscodeListener listener, MonotonicClock clock)
    {
        library.EncoderName(options.Target);
        var transcoder = new VideoTranscoder(library, options, pool, listener, clock);
        TranscodeThread.Start("video decoder", transcoder.DecodeAll, transcoder.Fail, transcoder.EndDecoder);
        TranscodeThread.Start("video encoder", transcoder.EncodeAll, transcoder.Fail, transcoder.EndEncoder);
        return transcoder;
    }

    /// <summary>Takes a frame (and a reference to it); never waits. False where it was dropped.</summary>
    /// <param name="prime">A frame of the past that only brings the decoder up to date: it is not encoded.</param>
    public bool Write(in MediaFrame frame, bool prime = false)
    {
        if (_dropping && !frame.IsKeyframe || !TryQueue(frame, prime))
        {
            _dropping = true;
            Interlocked.Increment(ref _droppedFrames);
            return false;
        }

        _dropping = false;
        if (!prime) Volatile.Write(ref _newest, frame.DecodeTime);
        return true;
    }

    /// <summary>The next picture is made a keyframe, but not two within <see cref="VideoTranscoderOptions.KeyframeInterval"/>.</summary>
    public void RequestKeyframe() => Volatile.Write(ref _keyframeWanted, 1);

    /// <summary>Encodes from the latest decoded picture on, beginning with a keyframe.</summary>
    public void Resume() => _gate.Open();

    /// <summary>Only decodes from now on. A frame under way may still come.</summary>
    public void Pause() => _gate.Shut();

    /// <summary>Ends both threads without waiting for them. A call to the listener under way may still finish.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        Close();
    }

    private bool TryQueue(in MediaFrame frame, bool prime)
    {
        frame.AddReference();
        if (_inputs.TryAdd(new Input(frame, prime))) return true;
        frame.Release();
        return false;
    }

    private void DecodeAll()
    {
        long primedUntil = long.MinValue;
        Input input = default;
        Action<VideoPicture> forward = picture =>
        {
            bool show = !input.Prime && picture.PresentationTime > primedUntil;
            double rate = input.Frame.Format.Video?.FrameRate ?? 0;
            _gate.Pass(new Picture(picture, input.Frame.DecodeTime, rate, 0), show);
        };
        while (_inputs.TryTake(out input))
        {
            _meter.Add(input.Frame.DecodeTime, input.Frame.Length);
            primedUntil = input.Prime ? Math.Max(primedUntil, input.Frame.PresentationTime)
                : input.Frame.IsKeyframe ? long.MinValue : primedUntil;
            try
            {
                _decoder.Decode(input.Frame, input.Prime, forward);
            }
            finally
            {
                input.Frame.Release();
            }
        }
    }

    private void EncodeAll()
    {
        int run = 0;
        while (_pictures.TryTake(out Picture picture))
        {
            using VideoPicture content = picture.Content;
            if (picture.Run != _gate.Run) continue; // paused meanwhile
            if (picture.Run != run) _stage.Stop();
            run = picture.Run;
            _options.BeforeEncoding?.Invoke();
            Judge(picture.SourceTime);
            // Taken before encoding, so that a request that comes meanwhile is kept for the next picture.
            bool wanted = Interlocked.Exchange(ref _keyframeWanted, 0) != 0;
            if (!_stage.Encode(content, wanted, picture.FrameRate) && wanted) Volatile.Write(ref _keyframeWanted, 1);
        }
    }

    private void Judge(long sourceTime)
    {
        // Decode times, so that what the decoder holds back for reordering doesn't count as lag.
        long lag = (Volatile.Read(ref _newest) - sourceTime) * MonotonicClock.TicksPerSecond / 90_000;
        if (!_ladder.Update(_clock.Now, lag)) return;
        _stage.Step = _ladder.Step;
        _listener.OnStepChanged(_ladder.Step, TimeSpan.FromTicks(lag));
    }

    private void Deliver(MediaFrame frame)
    {
        Interlocked.Increment(ref _encodedFrames);
        if (Volatile.Read(ref _disposed) == 0) _listener.OnFrame(frame);
    }

    private void Fail(string reason)
    {
        Close();
        if (Interlocked.Exchange(ref _faulted, 1) == 0 && Volatile.Read(ref _disposed) == 0) _listener.OnFault(reason);
    }

    private void Close()
    {
        _inputs.Close(static input => input.Frame.Release());
        _pictures.Close(static picture => picture.Content.Dispose());
    }

    private void EndDecoder()
    {
        _decoder.Dispose();
        _gate.Dispose();
        EndThread();
    }

    private void EndEncoder()
    {
        _stage.Dispose();
        EndThread();
    }

    private void EndThread()
    {
        if (Interlocked.Decrement(ref _threads) == 0) _ended.SetResult();
    }

    private readonly record struct Input(MediaFrame Frame, bool Prime);
}
