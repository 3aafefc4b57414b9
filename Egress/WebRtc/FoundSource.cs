using Rooms.Tracks;

namespace Egress.WebRtc;

/// <summary>What the publication's loop has found for a <see cref="ViewerTrack"/>.</summary>
/// <param name="Track">As the viewer's loop has it; null = there is none.</param>
/// <param name="Format">How it is sent.</param>
/// <param name="Reason">Why there is none, where that is known.</param>
/// <param name="EncodingId">The choice that still holds.</param>
internal readonly record struct FoundSource(PacketTrack? Track, ViewerFormat? Format, string? Reason, string? EncodingId);
