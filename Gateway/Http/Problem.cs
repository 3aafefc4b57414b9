using Microsoft.AspNetCore.Mvc;

namespace Gateway.Http;

/// <summary>
/// A kind of error answer (RFC 9457). <see cref="Type"/> is stable: clients may act on it. <c>/problems/NAME</c> is also
/// a page, which says what would be right.
/// </summary>
internal sealed record Problem(string Name, int Status, string Title)
{
    public const string TypePrefix = "/problems/";

    public string Type => TypePrefix + Name;

    /// <param name="detail">What was wrong here, and what would be right.</param>
    /// <param name="extensions">Further members of the answer.</param>
    public IResult Because(string detail, IDictionary<string, object?>? extensions = null) =>
        TypedResults.Problem(Details(detail, extensions));

    public Task WriteAsync(HttpContext context, string detail) => Because(detail).ExecuteAsync(context);

    private ProblemDetails Details(string detail, IDictionary<string, object?>? extensions)
    {
        var details = new ProblemDetails { Type = Type, Title = Title, Status = Status, Detail = detail };
        foreach ((string name, object? value) in extensions ?? new Dictionary<string, object?>()) details.Extensions[name] = value;
        return details;
    }
}
