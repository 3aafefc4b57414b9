namespace Protocols.Sdp;

/// <summary>The ids under which a section's extensions travel; 0 = not negotiated. All fit the one-byte form.</summary>
public readonly record struct HeaderExtensionIds(byte Mid, byte TransportCc, byte AbsSendTime, byte PlayoutDelay);
