namespace Gateway.Http;

/// <summary>What the <c>type</c> of a problem leads to: its place on the reference page. <c>/problems</c> lists them.</summary>
internal static class ProblemPages
{
    public static void MapProblemPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/problems", () => TypedResults.Ok(Problems.All)).ExcludeFromDescription();
        routes.MapGet(Problem.TypePrefix + "{name}", (string name) => Problems.All.Any(problem => problem.Name == name)
                ? TypedResults.Redirect($"/docs/#problem-{name}")
                : Problems.NotFound.Because($"There is no problem {name}."))
            .ExcludeFromDescription();
    }
}
