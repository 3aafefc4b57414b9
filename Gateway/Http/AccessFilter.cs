using Gateway.Authorization;

namespace Gateway.Http;

/// <summary>Turns a refusal of <see cref="Access.Check"/> into an answer.</summary>
internal static class AccessFilter
{
    /// <summary>Null = granted.</summary>
    public static IResult? Refuse(this Access access, HttpContext context, Entrance entrance, string? room, Right right) =>
        Refuse(access, context, entrance, room, right, out _);

    /// <param name="owner">The same for callers who may take each other's place.</param>
    public static IResult? Refuse(
        this Access access, HttpContext context, Entrance entrance, string? room, Right right, out string owner)
    {
        AccessResult result = access.Check(entrance, room, right, Caller.Credential(context.Request), Caller.Remote(context.Request));
        owner = result.Owner;
        return result.IsGranted ? null : AnswerOf(result.Decision, context);
    }

    private static IResult AnswerOf(AccessDecision decision, HttpContext context)
    {
        switch (decision)
        {
            case AccessDecision.KeyRequired:
                context.Response.Headers.WWWAuthenticate = "Bearer";
                return Problems.KeyRequired.Because("Send the room's key as \"Authorization: Bearer KEY\" or as ?token=KEY.");
            case AccessDecision.KeyWrong:
                return Problems.KeyWrong.Because("The key that came is not the one that is set for this.");
            default:
                return Problems.LocalOnly.Because(
                    "What changes something is for callers on the gateway's own machine, not through a proxy, or with the admin key "
                    + "(as \"Authorization: Bearer KEY\" or as ?token=KEY).");
        }
    }
}
