namespace Ingest.Rtp;

public enum RtpPublisherState
{
    /// <summary>Nothing came yet.</summary>
    Waiting,
    Live,

    /// <summary>Nothing comes any more; its place is kept.</summary>
    Away,

    /// <summary>Something came again; the place is being taken.</summary>
    Returning,
    Closed,
}
