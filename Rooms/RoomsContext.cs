namespace Rooms;

/// <summary>What every publication needs from the house it lives in.</summary>
public sealed record RoomsContext(RoomOptions Options, RoomEvents Events);
