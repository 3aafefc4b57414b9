namespace Media.FFmpeg;

/// <summary>Takes what a threaded transcoder makes. Called on the transcoder's threads: post to your loop.</summary>
public interface ITranscodeListener
{
    /// <summary>A frame is ready; borrowed for the call.</summary>
    void OnFrame(in MediaFrame frame);

    /// <summary>The transcoder fell behind by <paramref name="lag"/> and gives something up, or takes a step back up.</summary>
    void OnStepChanged(TranscodeStep step, TimeSpan lag);

    /// <summary>The transcoder has ended itself; nothing more comes. Told at most once.</summary>
    void OnFault(string reason);
}
