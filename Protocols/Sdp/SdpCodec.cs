using System.Globalization;

namespace Protocols.Sdp;

/// <summary>One payload type of a media section: rtpmap, fmtp and rtcp-fb together (RFC 8866 §6.6, §6.15; RFC 4585 §4.2).</summary>
public sealed class SdpCodec
{
    public required int PayloadType { get; init; }

    /// <summary>As written; codecs are compared without regard to case.</summary>
    public string Name { get; set; } = "";

    public int ClockRate { get; set; }

    /// <summary>Audio channels; 0 = not written.</summary>
    public int Channels { get; set; }

    /// <summary>The fmtp line after the payload type; empty = none.</summary>
    public string Parameters { get; set; } = "";

    /// <summary>Feedback such as <c>nack pli</c>, those for all payload types (<c>*</c>) included.</summary>
    public List<string> Feedback { get; } = [];

    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The value of <c>name=value</c> in the fmtp line; null where it is not there.</summary>
    public string? Parameter(string name)
    {
        ReadOnlySpan<char> text = Parameters;
        foreach (Range range in text.Split(';'))
        {
            ReadOnlySpan<char> pair = text[range].Trim();
            int equals = pair.IndexOf('=');
            if (equals > 0 && pair[..equals].TrimEnd().Equals(name, StringComparison.OrdinalIgnoreCase))
                return pair[(equals + 1)..].Trim().ToString();
        }

        return null;
    }

    public int? NumericParameter(string name) =>
        int.TryParse(Parameter(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;

    public override string ToString() => Parameters.Length == 0 ? $"{Name}/{ClockRate}" : $"{Name}/{ClockRate} ({Parameters})";
}
