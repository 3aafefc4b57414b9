using System.Text;
using System.Text.Json;

namespace Gateway.Participants;

/// <summary>Reads the fields of one JSON object. The first thing that is wrong is kept as <see cref="Error"/>; what is read after it means nothing.</summary>
internal sealed class MessageFields(JsonElement element, string path = "")
{
    public const int MaxLastN = 1000;

    private const long MaxExactInteger = 9_007_199_254_740_991; // 2^53 - 1: what JavaScript can count to

    public string? Error { get; private set; }

    public bool Has(string name) => element.TryGetProperty(name, out _);

    public string Text(string name, int minLength, int maxLength)
    {
        if (!TryGet(name, JsonValueKind.String, "a text", out JsonElement value)) return "";
        string text = value.GetString()!;
        if (text.Length < minLength) Fail(name, minLength == 1 ? "must not be empty" : $"must have at least {minLength} characters");
        else if (text.Length > maxLength) Fail(name, $"must have at most {maxLength} characters");
        return text;
    }

    public string? OptionalText(string name, int maxLength) => Has(name) ? Text(name, 0, maxLength) : null;

    /// <summary>What others are shown, without the blanks around it.</summary>
    public string DisplayName(string name, int maxLength)
    {
        string text = Text(name, 1, 4 * maxLength).Trim();
        if (Error is not null) return text;
        if (text.Length == 0) Fail(name, "must not be blank");
        else if (text.EnumerateRunes().Count() > maxLength) Fail(name, $"must have at most {maxLength} characters");
        else if (text.EnumerateRunes().Any(IsUnseen)) Fail(name, "must have no control characters");
        return text;
    }

    public bool Flag(string name)
    {
        if (!element.TryGetProperty(name, out JsonElement value)) Fail(name, "is missing");
        else if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) Fail(name, "must be true or false");
        else return value.GetBoolean();
        return false;
    }

    public long Integer(string name, long max = MaxExactInteger)
    {
        if (!TryGet(name, JsonValueKind.Number, "a number", out JsonElement value)) return 0;
        if (value.TryGetInt64(out long number) && number >= 0 && number <= max) return number;
        Fail(name, $"must be a whole number from 0 to {max}");
        return 0;
    }

    public long? OptionalInteger(string name) => Has(name) ? Integer(name) : null;

    /// <summary>Null = all, be it said or not.</summary>
    public int? LastN(string name) =>
        !element.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null : (int)Integer(name, MaxLastN);

    public T Choice<T>(string name, params ReadOnlySpan<(string Word, T Value)> choices)
        where T : struct
    {
        string text = Text(name, 1, 64);
        if (Error is not null) return default;
        foreach ((string word, T value) in choices)
            if (word == text) return value;
        var words = new List<string>();
        foreach ((string word, _) in choices) words.Add(word);
        Fail(name, $"must be one of: {string.Join(", ", words)}");
        return default;
    }

    public List<T> List<T>(string name, int maxLength, Func<MessageFields, T> read)
    {
        var list = new List<T>();
        if (!TryGet(name, JsonValueKind.Array, "a list", out JsonElement value)) return list;
        if (value.GetArrayLength() > maxLength)
        {
            Fail(name, $"must have at most {maxLength} entries");
            return list;
        }

        foreach (JsonElement item in value.EnumerateArray())
        {
            string itemPath = $"{path}{name}[{list.Count}]";
            if (item.ValueKind != JsonValueKind.Object)
            {
                Error ??= $"{itemPath} must be an object";
                return list;
            }

            var fields = new MessageFields(item, itemPath + ".");
            list.Add(read(fields));
            Error ??= fields.Error;
            if (Error is not null) return list;
        }

        return list;
    }

    public void Fail(string name, string what) => Error ??= $"{path}{name} {what}";

    private bool TryGet(string name, JsonValueKind kind, string what, out JsonElement value)
    {
        if (!element.TryGetProperty(name, out value)) Fail(name, "is missing");
        else if (value.ValueKind != kind) Fail(name, $"must be {what}");
        else return true;
        return false;
    }

    /// <summary>Control characters, and those that turn the direction of the text around them.</summary>
    private static bool IsUnseen(Rune rune) => Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
