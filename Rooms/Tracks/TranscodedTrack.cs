using Media;
using Media.FFmpeg;

namespace Rooms.Tracks;

/// <summary>
/// A track in another codec, or in the same one without what browsers can't decode. FFmpeg works on its own threads;
/// what it makes comes back to the loop through a bounded inbox.
/// </summary>
public abstract class TranscodedTrack : DerivedFrameTrack, ITranscodeListener
{
    private readonly FrameInbox _inbox;

    private protected TranscodedTrack(string id, FrameTrack source) : base(id, source) =>
        _inbox = new FrameInbox(Loop, frame => { if (Closed is null) Dispatch(frame); });

    /// <summary>What the page and the API should say of it: null while all is well.</summary>
    public string? StateText { get; private set; }

    void ITranscodeListener.OnFrame(in MediaFrame frame) => _inbox.Write(frame);

    void ITranscodeListener.OnStepChanged(TranscodeStep step, TimeSpan lag) => Loop.Post(() => OnStep(step, lag));

    void ITranscodeListener.OnFault(string reason) => Loop.Post(() =>
    {
        Tell(reason);
        Close(CloseReason.ConversionFailed);
    });

    protected override void OnClosing(CloseReason reason)
    {
        _inbox.Discard();
        base.OnClosing(reason);
    }

    private void OnStep(TranscodeStep step, TimeSpan lag)
    {
        string? text = step switch
        {
            TranscodeStep.FastPreset => "lower quality",
            TranscodeStep.HalfFrameRate => "half the frame rate",
            TranscodeStep.HalfSize => "half the frame rate and size",
            _ => null,
        };
        string detail = text is null
            ? "the conversion keeps up again: full quality"
            : $"the conversion is {lag.TotalMilliseconds:0} ms behind: {text}";
        Tell(text, detail);
    }

    private void Tell(string? text, string? detail = null)
    {
        if (Closed is not null) return;
        StateText = text;
        Publication.Raise(RoomEvent.TranscodeChanged, Id, detail ?? text);
    }
}
