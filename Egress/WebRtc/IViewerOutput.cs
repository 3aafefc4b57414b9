namespace Egress.WebRtc;

/// <summary>What the media of a viewer needs from its session.</summary>
internal interface IViewerOutput : IRtpOutput
{
    void SendRtcp(ReadOnlySpan<byte> compound);

    /// <summary><see cref="ViewerMedia.NextDeadline"/> is another one now.</summary>
    void OnDeadlineChanged();

    /// <summary>Nothing of what was agreed on can be sent any more.</summary>
    void OnNothingLeft();
}
