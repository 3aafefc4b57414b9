namespace Rooms;

/// <summary>Why a publication, track or subscription ended.</summary>
public enum CloseReason
{
    /// <summary>The publisher or subscriber left by itself.</summary>
    Left,

    /// <summary>The publisher went away and did not return in time.</summary>
    PublisherGone,

    /// <summary>Another publisher took the name over.</summary>
    Replaced,

    /// <summary>Closed through the API.</summary>
    Kicked,

    /// <summary>The peer stopped answering.</summary>
    TimedOut,

    /// <summary>The peer broke its protocol.</summary>
    ProtocolError,

    /// <summary>The source changed to something that this taker did not negotiate.</summary>
    FormatChanged,

    /// <summary>A conversion failed or was switched off.</summary>
    ConversionFailed,

    /// <summary>Nobody took the derived track any more.</summary>
    Unused,

    /// <summary>The file that was played has ended.</summary>
    Finished,

    /// <summary>The file that was played can't be read on.</summary>
    SourceFailed,

    ShuttingDown,
}

public static class CloseReasonExtensions
{
    /// <summary>The stable name used in the API, events and logs.</summary>
    public static string Name(this CloseReason reason) => reason switch
    {
        CloseReason.Left => "left",
        CloseReason.PublisherGone => "publisher-gone",
        CloseReason.Replaced => "replaced",
        CloseReason.Kicked => "kicked",
        CloseReason.TimedOut => "timed-out",
        CloseReason.ProtocolError => "protocol-error",
        CloseReason.FormatChanged => "format-changed",
        CloseReason.ConversionFailed => "conversion-failed",
        CloseReason.Unused => "unused",
        CloseReason.Finished => "finished",
        CloseReason.SourceFailed => "source-failed",
        CloseReason.ShuttingDown => "shutting-down",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
