namespace Gateway.Http;

/// <summary>Every problem that the gateway answers with. A name, once given out, keeps its meaning.</summary>
internal static class Problems
{
    public static readonly Problem BadRequest = new("bad-request", 400, "The request can't be read");
    public static readonly Problem BadSdp = new("bad-sdp", 400, "The body is not SDP");
    public static readonly Problem BadName = new("bad-name", 400, "Not a name that a room or publication can have");
    public static readonly Problem BadPage = new("bad-page", 400, "Not a page of the list");
    public static readonly Problem KeyRequired = new("key-required", 401, "A key is needed");
    public static readonly Problem KeyWrong = new("key-wrong", 403, "The key is not the right one");
    public static readonly Problem LocalOnly = new("local-only", 403, "Only from this machine or with the admin key");
    public static readonly Problem NotFound = new("not-found", 404, "There is nothing here");
    public static readonly Problem NoSuchRoom = new("no-such-room", 404, "There is no such room");
    public static readonly Problem NoSuchPublication = new("no-such-publication", 404, "There is no such publication");
    public static readonly Problem NoSuchSubscriber = new("no-such-subscriber", 404, "There is no such subscriber");
    public static readonly Problem NoSuchSession = new("no-such-session", 404, "There is no such session, or it is over");
    public static readonly Problem NoSuchFile = new("no-such-file", 404, "There is no such file");
    public static readonly Problem NoSuchPlayback = new("no-such-playback", 404, "There is no such playback");
    public static readonly Problem NoSuchRecording = new("no-such-recording", 404, "There is no such recording");
    public static readonly Problem NotRecorded = new("not-recorded", 404, "The room is not being recorded");
    public static readonly Problem NoSuchExport = new("no-such-export", 404, "There is no such export");
    public static readonly Problem MethodNotAllowed = new("method-not-allowed", 405, "Not a method of this resource");
    public static readonly Problem NoCommonCodec = new("no-common-codec", 406, "No codec that both sides know");
    public static readonly Problem NothingLive = new("nothing-live", 409, "Nothing is live");
    public static readonly Problem RecordingOff = new("recording-off", 409, "The room is never recorded");
    public static readonly Problem RecordingRuns = new("recording-runs", 409, "The recording is still being made");
    public static readonly Problem NameTaken = new("name-taken", 409, "Somebody else publishes under that name");
    public static readonly Problem PlaybackOver = new("playback-over", 409, "The playback is over");
    public static readonly Problem SessionChanged = new("session-changed", 412, "The session is not the one of the If-Match header");
    public static readonly Problem BodyTooLarge = new("body-too-large", 413, "The body is too large");
    public static readonly Problem WrongContentType = new("wrong-content-type", 415, "Not a content type that is understood here");
    public static readonly Problem BadOffer = new("bad-offer", 422, "The SDP can't be answered");
    public static readonly Problem Unplayable = new("unplayable", 422, "Nothing of it can be played");
    public static readonly Problem BadExport = new("bad-export", 422, "That can't be exported");
    public static readonly Problem WebSocketRequired = new("websocket-required", 426, "This is for WebSockets");
    public static readonly Problem IfMatchRequired = new("if-match-required", 428, "An If-Match header is needed");
    public static readonly Problem TooManyRequests = new("too-many-requests", 429, "Too many requests");
    public static readonly Problem InternalError = new("internal-error", 500, "A fault of the gateway");
    public static readonly Problem WebRtcOff = new("webrtc-off", 503, "WebRTC is off");
    public static readonly Problem RecorderOff = new("recorder-off", 503, "Recording does not work now");
    public static readonly Problem NothingToSend = new("nothing-to-send", 503, "Nothing of the publication can be sent now");
    public static readonly Problem TooManyPublications = new("too-many-publications", 503, "There is no place for another publication");
    public static readonly Problem TooManyPlaybacks = new("too-many-playbacks", 503, "There is no place for another playback");
    public static readonly Problem NoPorts = new("no-ports", 503, "All ports for plain RTP are in use");
    public static readonly Problem ShuttingDown = new("shutting-down", 503, "The gateway is stopping");

    public static IReadOnlyList<Problem> All { get; } =
    [
        BadRequest, BadSdp, BadName, BadPage, KeyRequired, KeyWrong, LocalOnly, NotFound, NoSuchRoom, NoSuchPublication, NoSuchSubscriber,
        NoSuchSession, NoSuchFile, NoSuchPlayback, NoSuchRecording, NotRecorded, NoSuchExport, MethodNotAllowed, NoCommonCodec, NothingLive, RecordingOff,
        RecordingRuns, NameTaken, PlaybackOver, SessionChanged, BodyTooLarge, WrongContentType, BadOffer, Unplayable, BadExport, WebSocketRequired,
        IfMatchRequired, TooManyRequests, InternalError, WebRtcOff, RecorderOff, NothingToSend, TooManyPublications, TooManyPlaybacks, NoPorts,
        ShuttingDown,
    ];

    /// <summary>The problem for an answer that has only a status yet.</summary>
    public static Problem OfStatus(int status) => status switch
    {
        401 => KeyRequired,
        403 => LocalOnly,
        404 => NotFound,
        405 => MethodNotAllowed,
        412 => SessionChanged,
        413 => BodyTooLarge,
        415 => WrongContentType,
        428 => IfMatchRequired,
        429 => TooManyRequests,
        503 => ShuttingDown,
        >= 500 => InternalError,
        _ => BadRequest,
    };
}
