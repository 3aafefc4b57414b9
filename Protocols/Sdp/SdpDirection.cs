namespace Protocols.Sdp;

/// <summary>Which way media flows, seen from whoever wrote the description (RFC 8866 §6.7).</summary>
public enum SdpDirection
{
    SendReceive,
    SendOnly,
    ReceiveOnly,
    Inactive,
}
