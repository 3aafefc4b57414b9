namespace Egress.WebRtc;

/// <summary>What all viewers have in common.</summary>
/// <param name="PlayoutDelay">Null = the receivers decide.</param>
internal sealed record ViewerOptions(FastStartOptions FastStart, PlayoutDelay? PlayoutDelay);
