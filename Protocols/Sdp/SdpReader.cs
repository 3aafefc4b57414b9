using System.Globalization;

namespace Protocols.Sdp;

/// <summary>
/// Reads SDP (RFC 8866). Total: what it does not know is skipped, what is broken is an answer and not an exception, and
/// nothing grows past its bound whatever the text says.
/// </summary>
public static class SdpReader
{
    /// <summary>A browser's offer has 4 to 7 KB.</summary>
    public const int MaxLength = 64 * 1024;

    public const int MaxMediaSections = 64;

    /// <summary>Entries of one list of one section; 7-bit payload types can't be more.</summary>
    internal const int MaxListLength = 128;

    public static bool TryRead(ReadOnlySpan<char> text, out SessionDescription session, out string error) =>
        TryRead(text, SdpLimits.Default, out session, out error);

    public static bool TryRead(ReadOnlySpan<char> text, SdpLimits limits, out SessionDescription session, out string error)
    {
        ArgumentNullException.ThrowIfNull(limits);
        session = new SessionDescription();
        if (text.Length > limits.MaxLength) return Fail($"longer than {limits.MaxLength} characters", out error);
        if (!text.StartsWith("v=0", StringComparison.Ordinal)) return Fail("does not begin with v=0", out error);
        MediaDescription? media = null;
        int number = 0;
        foreach (ReadOnlySpan<char> raw in text.EnumerateLines())
        {
            number++;
            ReadOnlySpan<char> line = raw.TrimEnd();
            if (line.IsEmpty) continue;
            if (line.Length < 2 || line[1] != '=') return Fail($"line {number} is not of the form x=value", out error);
            ReadOnlySpan<char> value = line[2..];
            switch (line[0])
            {
                case 'o':
                    session.Origin = value.ToString();
                    break;
                case 'c' when media is not null:
                    media.Connection = value.ToString();
                    break;
                case 'm':
                    if (session.Media.Count >= limits.MaxMediaSections) return Fail($"more than {limits.MaxMediaSections} media sections", out error);
                    if (!TryReadMedia(value, out media)) return Fail($"line {number} is not a media section", out error);
                    session.Media.Add(media!);
                    break;
                case 'a' when !SdpAttributeReader.TryRead(value, session, media):
                    return Fail($"line {number} is broken: {Shown(line)}", out error);
            }
        }

        if (session.Bundle?.Count > limits.MaxMediaSections) return Fail($"a group of more than {limits.MaxMediaSections} sections", out error);
        error = "";
        return true;
    }

    // m=<media> <port>[/<number>] <proto> <fmt> ...  RFC 8866 §5.14
    private static bool TryReadMedia(ReadOnlySpan<char> value, out MediaDescription? media)
    {
        media = null;
        Span<Range> fields = stackalloc Range[4];
        int count = value.Split(fields, ' ', StringSplitOptions.RemoveEmptyEntries);
        if (count < 3) return false;
        ReadOnlySpan<char> port = value[fields[1]];
        int slash = port.IndexOf('/');
        if (slash >= 0) port = port[..slash];
        if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort portNumber)) return false;
        media = new MediaDescription
        {
            Kind = value[fields[0]].ToString(),
            Port = portNumber,
            Protocol = value[fields[2]].ToString(),
        };
        if (count == 3) return true;
        ReadOnlySpan<char> formats = value[fields[3]];
        foreach (Range range in formats.Split(' '))
        {
            if (formats[range].IsEmpty) continue;
            if (media.Formats.Count == MaxListLength) return false;
            media.Formats.Add(formats[range].ToString());
        }

        if (media.Protocol.Contains("RTP", StringComparison.Ordinal)) AddCodecs(media);
        return true;
    }

    private static void AddCodecs(MediaDescription media)
    {
        foreach (string format in media.Formats)
        {
            if (!byte.TryParse(format, NumberStyles.None, CultureInfo.InvariantCulture, out byte payloadType) || payloadType > 127) continue;
            if (media.CodecOf(payloadType) is null) media.Codecs.Add(Static(payloadType));
        }
    }

    // RFC 3551 §6: the few that are used without an rtpmap
    private static SdpCodec Static(int payloadType) => payloadType switch
    {
        0 => new SdpCodec { PayloadType = 0, Name = "PCMU", ClockRate = 8000, Channels = 1 },
        8 => new SdpCodec { PayloadType = 8, Name = "PCMA", ClockRate = 8000, Channels = 1 },
        9 => new SdpCodec { PayloadType = 9, Name = "G722", ClockRate = 8000, Channels = 1 },
        _ => new SdpCodec { PayloadType = payloadType },
    };

    private static string Shown(ReadOnlySpan<char> line)
    {
        // Credentials don't belong in an error text.
        if (line.StartsWith("a=ice-", StringComparison.Ordinal)) return "a=ice-...";
        if (line.StartsWith("a=crypto", StringComparison.OrdinalIgnoreCase)) return "a=crypto:...";
        return line.Length <= 60 ? line.ToString() : string.Concat(line[..57], "...");
    }

    private static bool Fail(string reason, out string error)
    {
        error = reason;
        return false;
    }
}
