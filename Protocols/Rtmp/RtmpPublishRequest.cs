namespace Protocols.Rtmp;

/// <summary>An encoder asks to publish. The token in <see cref="Key"/> must not be logged.</summary>
/// <param name="Encoder">What the encoder calls itself (flashVer), or empty.</param>
public sealed record RtmpPublishRequest(RtmpStreamKey Key, string App, string Encoder);
