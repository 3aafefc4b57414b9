using System.Collections.Immutable;

namespace Media.Flv;

public enum AmfKind : byte
{
    Undefined,
    Null,
    Number,
    Boolean,
    String,
    Date,

    /// <summary>An anonymous object, a typed object or an ECMA array: names with values.</summary>
    Object,

    /// <summary>A strict array: values without names.</summary>
    Array,
}

/// <summary>One named value of an AMF0 object.</summary>
public readonly record struct AmfProperty(string Name, AmfValue Value);

/// <summary>
/// One AMF0 value as RTMP commands and FLV script data carry it. Immutable. Its size is bounded by
/// <see cref="Amf0Reader"/>, so it is safe to keep what a peer sent.
/// </summary>
public readonly struct AmfValue
{
    private readonly object? _content;

    private AmfValue(AmfKind kind, double number, object? content)
    {
        Kind = kind;
        Number = number;
        _content = content;
    }

    public static AmfValue Undefined => default;

    public static AmfValue Null => new(AmfKind.Null, 0, null);

    public AmfKind Kind { get; }

    /// <summary>The number, the date in milliseconds since 1970, or 1 for true; 0 for everything else.</summary>
    public double Number { get; }

    public bool IsTrue => Kind == AmfKind.Boolean && Number != 0;

    /// <summary>The string, or null where this is no string.</summary>
    public string? Text => Kind == AmfKind.String ? (string)_content! : null;

    /// <summary>The names and values of an object; empty for everything else.</summary>
    public ImmutableArray<AmfProperty> Properties =>
        Kind == AmfKind.Object ? ((AmfProperty[])_content!).AsImmutable() : [];

    /// <summary>The values of a strict array; empty for everything else.</summary>
    public ImmutableArray<AmfValue> Items => Kind == AmfKind.Array ? ((AmfValue[])_content!).AsImmutable() : [];

    /// <summary>The value that an object has under a name; undefined where there is none.</summary>
    public AmfValue this[string name]
    {
        get
        {
            foreach (AmfProperty property in Properties)
                if (property.Name == name) return property.Value;
            return Undefined;
        }
    }

    public static implicit operator AmfValue(double value) => FromNumber(value);

    public static implicit operator AmfValue(bool value) => FromBoolean(value);

    public static implicit operator AmfValue(string value) => FromString(value);

    public static AmfValue FromNumber(double value) => new(AmfKind.Number, value, null);

    public static AmfValue FromBoolean(bool value) => new(AmfKind.Boolean, value ? 1 : 0, null);

    public static AmfValue FromString(string value) => new(AmfKind.String, 0, value);

    public static AmfValue FromDate(double milliseconds) => new(AmfKind.Date, milliseconds, null);

    public static AmfValue FromObject(params AmfProperty[] properties) => new(AmfKind.Object, 0, properties);

    public static AmfValue FromArray(params AmfValue[] items) => new(AmfKind.Array, 0, items);

    public override string ToString() => Kind switch
    {
        AmfKind.String => Text!,
        AmfKind.Number or AmfKind.Date => Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        AmfKind.Boolean => IsTrue ? "true" : "false",
        _ => Kind.ToString(),
    };
}

internal static class ImmutableArrayView
{
    internal static ImmutableArray<T> AsImmutable<T>(this T[] array) =>
        System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(array);
}
