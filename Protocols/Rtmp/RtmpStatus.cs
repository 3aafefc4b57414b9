namespace Protocols.Rtmp;

/// <summary>The status codes that encoders compare with. RTMP 1.0 §7.2 and the ActionScript NetStatusEvent reference.</summary>
public static class RtmpStatus
{
    public const string ConnectSuccess = "NetConnection.Connect.Success";
    public const string ConnectRejected = "NetConnection.Connect.Rejected";
    public const string ConnectInvalidApp = "NetConnection.Connect.InvalidApp";
    public const string ConnectClosed = "NetConnection.Connect.Closed";
    public const string CallFailed = "NetConnection.Call.Failed";
    public const string PublishStart = "NetStream.Publish.Start";
    public const string PublishBadName = "NetStream.Publish.BadName";
    public const string PublishDenied = "NetStream.Publish.Denied";
    public const string UnpublishSuccess = "NetStream.Unpublish.Success";
    public const string PlayFailed = "NetStream.Play.Failed";
}
