using Recorder.Archive;

namespace Recorder;

/// <summary>Told from below what becomes of recordings. Any thread; must not block.</summary>
public interface IRecorderListener
{
    void OnStarted(RecordingDocument recording);

    /// <summary>A publication is not recorded any more, until <see cref="OnResumed"/>; live goes on.</summary>
    void OnFailed(RecordingDocument recording, string publication, string reason);

    void OnResumed(RecordingDocument recording, string publication);

    /// <summary>All its files are finished, or as far as the disk allowed.</summary>
    void OnStopped(RecordingDocument recording);

    /// <summary>So many frames were lost because the disk was too slow.</summary>
    void OnDropped(RecordingDocument recording, string publication, long frames);

    void OnWritten(long bytes);
}
