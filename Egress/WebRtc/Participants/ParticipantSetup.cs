using Media.Scheduling;
using Protocols.Ice;
using Protocols.WebRtc;
using Rooms;

namespace Egress.WebRtc.Participants;

/// <summary>All that a <see cref="ParticipantSubscriber"/> is made from.</summary>
/// <param name="RemoteCredentials">Of the first offer.</param>
internal sealed record ParticipantSetup(
    string Id, string Room, string Participant, MediaLoop Loop, RoomRegistry Rooms, WebRtcTransport Transport,
    WebRtcSessionOptions Session, ViewerOptions Options, IceCredentials RemoteCredentials);
