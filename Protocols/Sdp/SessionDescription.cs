namespace Protocols.Sdp;

/// <summary>An SDP session, data only (RFC 8866 §5): read by <see cref="SdpReader"/>, written by <see cref="SdpWriter"/>.</summary>
public sealed class SessionDescription
{
    /// <summary>The o= line after the equals sign.</summary>
    public string Origin { get; set; } = "- 0 0 IN IP4 127.0.0.1";

    /// <summary>The mids of the first BUNDLE group (RFC 9143); null = there is none.</summary>
    public List<string>? Bundle { get; set; }

    public bool IceLite { get; set; }

    public string? IceOptions { get; set; }

    public string? IceUfrag { get; set; }

    public string? IcePassword { get; set; }

    public Fingerprint? Fingerprint { get; set; }

    public DtlsSetup? Setup { get; set; }

    public SdpDirection? Direction { get; set; }

    public bool ExtmapAllowMixed { get; set; }

    public string? MsidSemantic { get; set; }

    public List<MediaDescription> Media { get; } = [];

    public string? UfragOf(MediaDescription media) => media.IceUfrag ?? IceUfrag;

    public string? PasswordOf(MediaDescription media) => media.IcePassword ?? IcePassword;

    public Fingerprint? FingerprintOf(MediaDescription media) => media.Fingerprint ?? Fingerprint;

    public DtlsSetup SetupOf(MediaDescription media) => media.Setup ?? Setup ?? DtlsSetup.ActPass;

    public SdpDirection DirectionOf(MediaDescription media) => media.Direction ?? Direction ?? SdpDirection.SendReceive;

    public override string ToString() => SdpWriter.Write(this);
}
