using Gateway.Signalling;
using Rooms.Publishing;

namespace Gateway.Http;

/// <summary>Tells a publisher over HTTP why it does not get its place.</summary>
internal static class PlaceRefusals
{
    /// <param name="other">The address under which it could take another name.</param>
    public static IResult Answer(HttpContext context, PublishRefusal refusal, PublishRequest place, string other) => refusal switch
    {
        PublishRefusal.NameTaken => Problems.NameTaken.Because(
            $"Somebody else publishes '{place.Publication}' in room '{place.Room}'. Take another name: {other}"),
        PublishRefusal.TakeoverTooOften => SessionRequests.Retry(context, Problems.NameTaken.Because(
            $"Two publishers keep taking '{place.Publication}' in room '{place.Room}' from each other. Give one another name: {other}")),
        PublishRefusal.TooManyRooms => SessionRequests.Retry(context, Problems.TooManyPublications.Because("There are too many rooms.")),
        PublishRefusal.TooManyPublications => SessionRequests.Retry(context, Problems.TooManyPublications.Because(
            $"There are too many publications in room '{place.Room}'.")),
        _ => SessionRequests.Retry(context, Problems.ShuttingDown.Because("The gateway is stopping.")),
    };
}
