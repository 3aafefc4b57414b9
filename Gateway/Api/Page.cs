using Gateway.Http;

namespace Gateway.Api;

/// <summary>A piece of a list.</summary>
/// <param name="Total">Length of the whole list.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, int Offset, int Limit, int Total);

/// <summary>Which piece of a list is asked for, by <c>?offset=</c> and <c>?limit=</c>.</summary>
internal readonly record struct PageRequest(int Offset, int Limit)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    public static bool TryRead(int? offset, int? limit, out PageRequest page, out IResult? problem)
    {
        page = new PageRequest(offset ?? 0, limit ?? DefaultLimit);
        bool valid = page is { Offset: >= 0, Limit: > 0 and <= MaxLimit };
        problem = valid ? null : Problems.BadPage.Because($"offset must be 0 or more, limit 1 to {MaxLimit}.");
        return valid;
    }

    public Page<T> Of<T>(IReadOnlyCollection<T> all) => new([.. all.Skip(Offset).Take(Limit)], Offset, Limit, all.Count);
}
