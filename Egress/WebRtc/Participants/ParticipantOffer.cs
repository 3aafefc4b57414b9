using System.Collections.Immutable;
using System.Net;
using Protocols.Sdp;

namespace Egress.WebRtc.Participants;

/// <summary>A participant of a room wants to receive: its first offer, or another one on the same peer connection.</summary>
/// <param name="Participant">For the log.</param>
/// <param name="Session">What its last offer led to; null = there was none.</param>
/// <param name="Wishes">What is to be sent in which section; nothing is sent in the others.</param>
/// <param name="Remote">Where the request came from: who asks over loopback gets loopback candidates.</param>
public sealed record ParticipantOffer(
    string Room, string Participant, ParticipantSubscriber? Session, SessionDescription Offer, ImmutableArray<SectionWish> Wishes,
    IPAddress? Remote);

/// <summary>Sound or picture, as the section's kind is, of a publication is wanted in a section.</summary>
public sealed record SectionWish(string Mid, string Publication);
