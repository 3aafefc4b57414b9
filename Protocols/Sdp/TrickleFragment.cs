using System.Text;
using Protocols.Ice;

namespace Protocols.Sdp;

/// <summary>
/// A body of type <c>application/trickle-ice-sdpfrag</c> (RFC 8840 §9): candidates that came late, or with new
/// credentials an ICE restart (RFC 9725 §4.3).
/// </summary>
public sealed class TrickleFragment
{
    public const string ContentType = "application/trickle-ice-sdpfrag";

    public const int MaxLength = 16 * 1024;

    /// <summary>Without both there is no telling which generation is meant.</summary>
    public IceCredentials? Credentials { get; private init; }

    public IReadOnlyList<IceCandidate> Candidates { get; private init; } = [];

    public bool EndOfCandidates { get; private init; }

    /// <summary>Whether it asks for an ICE restart of a session whose peer had those credentials.</summary>
    public bool IsRestart(IceCredentials known)
    {
        ArgumentNullException.ThrowIfNull(known);
        return Credentials is not null && Credentials != known;
    }

    public static bool TryRead(string text, out TrickleFragment? fragment, out string error)
    {
        ArgumentNullException.ThrowIfNull(text);
        fragment = null;
        if (text.Length > MaxLength)
        {
            error = $"longer than {MaxLength} characters";
            return false;
        }

        // The grammar is that of SDP without the lines before the first attribute.
        if (!SdpReader.TryRead("v=0\r\n" + text, out SessionDescription session, out error)) return false;
        string? ufrag = session.IceUfrag, password = session.IcePassword;
        List<IceCandidate> candidates = [];
        bool isEnd = false;
        foreach (MediaDescription media in session.Media)
        {
            ufrag ??= media.IceUfrag;
            password ??= media.IcePassword;
            candidates.AddRange(media.Candidates);
            isEnd |= media.EndOfCandidates;
        }

        if (ufrag is null != password is null)
        {
            error = "a=ice-ufrag and a=ice-pwd go together";
            return false;
        }

        fragment = new TrickleFragment
        {
            Credentials = ufrag is null ? null : new IceCredentials(ufrag, password!),
            Candidates = candidates,
            EndOfCandidates = isEnd,
        };
        return true;
    }

    /// <summary>The answer to an ICE restart: our new credentials and candidates for the session that <paramref name="answer"/> opened.</summary>
    public static string WriteRestart(SessionDescription answer, IceCredentials credentials, IReadOnlyList<IceCandidate> candidates)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentNullException.ThrowIfNull(candidates);
        MediaDescription first = answer.Media.First(section => section.IsActive);
        var text = new StringBuilder(1024);
        text.Append("a=ice-lite\r\na=ice-options:trickle\r\n");
        if (answer.Bundle is { Count: > 0 } bundle) text.Append("a=group:BUNDLE ").AppendJoin(' ', bundle).Append("\r\n");
        text.Append("m=").Append(first.Kind).Append(" 9 ").Append(first.Protocol).Append(' ').AppendJoin(' ', first.Formats).Append("\r\n");
        text.Append("a=mid:").Append(first.Mid).Append("\r\n");
        text.Append("a=ice-ufrag:").Append(credentials.UsernameFragment).Append("\r\n");
        text.Append("a=ice-pwd:").Append(credentials.Password).Append("\r\n");
        foreach (IceCandidate candidate in candidates) text.Append("a=").Append(candidate).Append("\r\n");
        return text.Append("a=end-of-candidates\r\n").ToString();
    }
}
