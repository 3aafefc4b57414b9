namespace Gateway.Options;

/// <summary>A TCP port of a listener: a fixed one, any free one, or none at all.</summary>
public readonly record struct ListenPort
{
    public const string Allowed = "1-65535, 0 (off) or auto (any free port)";

    private readonly int _value;

    private ListenPort(int value) => _value = value;

    public static ListenPort Off => new(0);

    /// <summary>Any free port, told after the start: for tests and for several gateways on one machine.</summary>
    public static ListenPort Auto => new(-1);

    public bool IsOff => _value == 0;

    public bool IsFixed => _value > 0;

    /// <summary>What to bind: 0 asks the system for a free port.</summary>
    public int BindPort => Math.Max(0, _value);

    public static ListenPort Fixed(int port) => new(port);

    public static bool TryParse(string text, out ListenPort port)
    {
        port = Auto;
        if (text.Equals("auto", StringComparison.OrdinalIgnoreCase)) return true;
        bool valid = int.TryParse(text, System.Globalization.NumberStyles.None, null, out int number) && number <= 65535;
        port = new ListenPort(valid ? number : 0);
        return valid;
    }

    public override string ToString() => _value switch
    {
        0 => "off",
        -1 => "auto",
        _ => _value.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
