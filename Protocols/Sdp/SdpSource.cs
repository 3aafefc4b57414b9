namespace Protocols.Sdp;

/// <summary>One attribute of a source (RFC 5576 §4.1): <c>a=ssrc:id name:value</c>.</summary>
public sealed record SdpSource(uint Ssrc, string Attribute, string Value);

/// <summary>Sources that belong together (RFC 5576 §4.2); FID = media and its retransmission.</summary>
public sealed record SdpSourceGroup(string Semantics, IReadOnlyList<uint> Ssrcs);

/// <summary>One encoding of a simulcast sender (RFC 8851): <c>a=rid:id send ...</c>.</summary>
public sealed record SdpRid(string Id, bool IsSend, string Restrictions);
