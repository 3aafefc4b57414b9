namespace Protocols.Sdp;

/// <summary>One <c>extmap</c> line (RFC 8285 §5).</summary>
/// <param name="Direction">Null where the line does not limit it.</param>
public sealed record SdpHeaderExtension(int Id, string Uri, SdpDirection? Direction = null);
