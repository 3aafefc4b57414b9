using Protocols.Ice;
using Protocols.Sdp;

namespace Protocols.Tests.Sdp;

public sealed class TrickleFragmentTests
{
    // RFC 9725 §4.3.2, with credentials of legal length
    private const string Trickle =
        "a=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
        + "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n"
        + "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1\r\n"
        + "a=candidate:3471623853 1 udp 2122194687 198.51.100.2 61765 typ host generation 0 ufrag EsAw network-id 2\r\n"
        + "a=candidate:473322822 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active generation 0 ufrag EsAw network-id 1\r\n"
        + "a=end-of-candidates\r\n";

    [Fact]
    public void A_trickled_fragment_gives_credentials_and_candidates()
    {
        Assert.True(TrickleFragment.TryRead(Trickle, out TrickleFragment? fragment, out _));
        Assert.Equal(new IceCredentials("EsAw", "P2uYro0UCOQ4zxjKXaWCBui1"), fragment!.Credentials);
        Assert.Equal(3, fragment.Candidates.Count);
        Assert.True(fragment.EndOfCandidates);
        Assert.False(fragment.IsRestart(fragment.Credentials!));
        Assert.True(fragment.IsRestart(new IceCredentials("other", "P2uYro0UCOQ4zxjKXaWCBui1")));
    }

    [Fact]
    public void Credentials_may_stand_before_the_sections()
    {
        Assert.True(TrickleFragment.TryRead(
            "a=ice-ufrag:EsAw\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\nm=audio 9 RTP/AVP 0\na=mid:0\n", out TrickleFragment? fragment, out _));
        Assert.Equal("EsAw", fragment!.Credentials!.UsernameFragment);
        Assert.False(fragment.EndOfCandidates);
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("a=ice-ufrag:EsAw\r\n")]
    [InlineData("a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n")]
    [InlineData("m=audio\r\n")]
    public void Broken_fragments_are_refused(string text)
    {
        Assert.False(TrickleFragment.TryRead(text, out _, out string error));
        Assert.NotEqual("", error);
    }

    [Fact]
    public void A_fragment_without_credentials_is_no_restart()
    {
        Assert.True(TrickleFragment.TryRead("", out TrickleFragment? fragment, out _));
        Assert.False(fragment!.IsRestart(new IceCredentials("EsAw", "P2uYro0UCOQ4zxjKXaWCBui1")));
    }

    [Fact]
    public void The_answer_to_a_restart_is_a_fragment_itself()
    {
        var answer = new SessionDescription { Bundle = ["1"] };
        answer.Media.Add(new MediaDescription { Kind = "video", Port = 0, Mid = "0" });
        answer.Media.Add(new MediaDescription { Kind = "audio", Port = 9, Mid = "1", Formats = { "111" } });
        var credentials = new IceCredentials("Anew", "0123456789012345678901");
        var candidate = new IceCandidate { Foundation = "1", Priority = 2130706431, Address = "192.0.2.1", Port = 8000 };
        string text = TrickleFragment.WriteRestart(answer, credentials, [candidate]);
        Assert.Equal(
            "a=ice-lite\r\na=ice-options:trickle\r\na=group:BUNDLE 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:1\r\n"
            + "a=ice-ufrag:Anew\r\na=ice-pwd:0123456789012345678901\r\n"
            + "a=candidate:1 1 udp 2130706431 192.0.2.1 8000 typ host\r\na=end-of-candidates\r\n",
            text);
        Assert.True(TrickleFragment.TryRead(text, out TrickleFragment? fragment, out _));
        Assert.Equal(credentials, fragment!.Credentials);
    }
}
