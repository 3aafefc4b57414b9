using System.Text.Json;
using System.Text.RegularExpressions;

namespace TestKit.Signalling;

/// <summary>
/// Checks JSON against a schema (JSON Schema 2020-12), as far as schemas of this project go: a keyword that is not known
/// here is an error, so that none is passed over.
/// </summary>
/// <param name="isStrict">Fields that the schema does not name are errors, too.</param>
public sealed class JsonSchema(JsonElement root, bool isStrict = false)
{
    public static JsonSchema OfRooms(bool isStrict) =>
        new(JsonDocument.Parse(File.ReadAllText(RepositoryRoot.Combine("docs", "room-protocol.schema.json"))).RootElement, isStrict);

    /// <summary>What is wrong; empty = nothing.</summary>
    /// <param name="definition">One of the schema's <c>$defs</c>.</param>
    public IReadOnlyList<string> Check(JsonElement value, string definition)
    {
        var errors = new List<string>();
        Check(value, root.GetProperty("$defs").GetProperty(definition), "", errors);
        return errors;
    }

    private void Check(JsonElement value, JsonElement schema, string path, List<string> errors)
    {
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            JsonElement rule = keyword.Value;
            string? error = keyword.Name switch
            {
                "description" or "title" => null,
                "$ref" => Follow(value, rule.GetString()!, path, errors),
                "type" => Types(rule).Any(type => IsOf(value, type)) ? null : $"is not of type {rule}",
                "const" => JsonElement.DeepEquals(value, rule) ? null : $"is not {rule}",
                "enum" => rule.EnumerateArray().Any(one => JsonElement.DeepEquals(value, one)) ? null : $"is none of {rule}",
                "oneOf" => OneOf(value, rule, path, errors),
                "required" => rule.EnumerateArray().FirstOrDefault(name => !Has(value, name.GetString()!)) is { ValueKind: JsonValueKind.String } name
                    ? $"lacks {name}"
                    : null,
                "properties" => Properties(value, rule, path, errors),
                "items" => Items(value, rule, path, errors),
                "minLength" or "maxLength" or "pattern" => Text(value, keyword.Name, rule),
                "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() >= rule.GetDouble() ? null : $"is less than {rule}",
                "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDouble() <= rule.GetDouble() ? null : $"is more than {rule}",
                "maxItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= rule.GetInt32() ? null : $"has more than {rule} items",
                _ => throw new NotSupportedException($"The schema's keyword {keyword.Name} is not known here."),
            };
            if (error is not null) errors.Add($"{(path.Length == 0 ? "it" : path)} {error}");
        }
    }

    private string? Follow(JsonElement value, string reference, string path, List<string> errors)
    {
        const string Prefix = "#/$defs/";
        if (!reference.StartsWith(Prefix, StringComparison.Ordinal)) throw new NotSupportedException(reference);
        Check(value, root.GetProperty("$defs").GetProperty(reference[Prefix.Length..]), path, errors);
        return null;
    }

    private string? OneOf(JsonElement value, JsonElement schemas, string path, List<string> errors)
    {
        var failures = new List<List<string>>();
        foreach (JsonElement schema in schemas.EnumerateArray())
        {
            var failure = new List<string>();
            Check(value, schema, path, failure);
            failures.Add(failure);
        }

        int fits = failures.Count(failure => failure.Count == 0);
        if (fits == 1) return null;
        if (fits > 1) return "fits more than one of its schemas";
        // The one that was most likely meant.
        List<string>? meant = failures.Find(failure => !failure.Exists(error => error.StartsWith("type is", StringComparison.Ordinal)));
        errors.AddRange(meant ?? ["type is none that is known"]);
        return null;
    }

    private string? Properties(JsonElement value, JsonElement schemas, string path, List<string> errors)
    {
        if (value.ValueKind != JsonValueKind.Object) return null;
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (schemas.TryGetProperty(property.Name, out JsonElement schema)) Check(property.Value, schema, Join(path, property.Name), errors);
            else if (isStrict) errors.Add($"{Join(path, property.Name)} is not in the schema");
        }

        return null;
    }

    private string? Items(JsonElement value, JsonElement schema, string path, List<string> errors)
    {
        if (value.ValueKind != JsonValueKind.Array) return null;
        foreach ((int index, JsonElement item) in value.EnumerateArray().Index()) Check(item, schema, $"{path}[{index}]", errors);
        return null;
    }

    private static string? Text(JsonElement value, string keyword, JsonElement rule)
    {
        if (value.ValueKind != JsonValueKind.String) return null;
        string text = value.GetString()!;
        int length = text.EnumerateRunes().Count();
        return keyword switch
        {
            "minLength" => length >= rule.GetInt32() ? null : $"is shorter than {rule}",
            "maxLength" => length <= rule.GetInt32() ? null : $"is longer than {rule}",
            _ => Regex.IsMatch(text, rule.GetString()!, RegexOptions.ECMAScript) ? null : $"does not match {rule}",
        };
    }

    private static IEnumerable<string> Types(JsonElement rule) =>
        rule.ValueKind == JsonValueKind.Array ? rule.EnumerateArray().Select(type => type.GetString()!) : [rule.GetString()!];

    private static bool IsOf(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        _ => throw new NotSupportedException($"The schema's type {type} is not known here."),
    };

    private static bool Has(JsonElement value, string name) => value.ValueKind != JsonValueKind.Object || value.TryGetProperty(name, out _);

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
