namespace Recorder;

/// <summary>Whether what is published in a room is recorded.</summary>
public enum RecordingPolicy
{
    /// <summary>Never.</summary>
    Off,

    /// <summary>From when it is asked for until it is ended, or nobody publishes any more.</summary>
    OnRequest,

    /// <summary>Everything, from its first frame on.</summary>
    Always,
}
