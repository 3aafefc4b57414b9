namespace Protocols.Sdp;

/// <summary>One <c>a=crypto</c> line as written (RFC 4568 §9.2): a key in the clear, which no text but the SDP itself may show.</summary>
/// <param name="suite">Such as AES_CM_128_HMAC_SHA1_80.</param>
/// <param name="keyParameters"><c>inline:</c> and the key with what belongs to it.</param>
/// <param name="sessionParameters">Empty = none.</param>
public sealed class SdpCrypto(int tag, string suite, string keyParameters, string sessionParameters = "")
{
    public int Tag { get; } = tag;

    public string Suite { get; } = suite;

    public string KeyParameters { get; } = keyParameters;

    public string SessionParameters { get; } = sessionParameters;

    public override string ToString() => $"{Tag} {Suite} inline:...";
}
