using Rooms;

namespace Gateway.Http;

/// <summary>Refuses what can't be the name of a room or publication.</summary>
internal static class Names
{
    /// <summary>Null = it is a name.</summary>
    public static IResult? Refuse(string name) => RoomName.IsValid(name)
        ? null
        : Problems.BadName.Because($"Names of rooms and publications match {RoomName.Pattern}.");
}
