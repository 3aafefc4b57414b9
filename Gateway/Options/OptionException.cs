namespace Gateway.Options;

/// <summary>An option has a value that the gateway can't start with. The message is the one line that the user sees.</summary>
public sealed class OptionException : Exception
{
    public OptionException(string name, string value, string allowed)
        : base($"{name}: \"{value}\" is not allowed; allowed: {allowed}")
    {
    }

    public OptionException(string message)
        : base(message)
    {
    }

    public OptionException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public OptionException()
    {
    }
}
