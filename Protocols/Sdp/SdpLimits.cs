namespace Protocols.Sdp;

/// <summary>How much SDP is read before it is refused.</summary>
/// <param name="MaxLength">Characters; a browser's offer has 4 to 7 KB.</param>
/// <param name="MaxMediaSections">Sections that an offer may have; each costs an answer of its own.</param>
public sealed record SdpLimits(int MaxLength = SdpReader.MaxLength, int MaxMediaSections = SdpReader.MaxMediaSections)
{
    public static SdpLimits Default { get; } = new();
}
