using Protocols.Ice;

namespace Protocols.Tests.Ice;

public sealed class IceCandidateTests
{
    [Theory]
    [InlineData("candidate:1482833588 1 udp 2122194687 192.0.2.2 60922 typ host generation 0 network-id 1")]
    [InlineData("a=candidate:f957a2332b1715da3b0ef8ba684454eb 1 UDP 2122194687 192.0.2.2 60922 typ host")]
    [InlineData("1 1 udp 2122194687 192.0.2.2 60922 typ host")]
    public void Candidates_of_browsers_are_read(string text)
    {
        Assert.True(IceCandidate.TryParse(text, out IceCandidate? candidate));
        Assert.Equal("udp", candidate!.Transport);
        Assert.Equal("192.0.2.2", candidate.Address);
        Assert.Equal(60922, candidate.Port);
        Assert.Equal(2122194687u, candidate.Priority);
        Assert.Equal(IceCandidateType.Host, candidate.Type);
        Assert.Null(candidate.TcpType);
    }

    [Fact]
    public void A_TCP_candidate_keeps_its_type_when_written()
    {
        const string Text = "candidate:4 1 tcp 1518214911 fd00::2 9 typ host tcptype active";
        Assert.True(IceCandidate.TryParse(Text + " generation 0", out IceCandidate? candidate));
        Assert.Equal("active", candidate!.TcpType);
        Assert.Equal(Text, candidate.ToString());
    }

    [Fact]
    public void An_mDNS_name_is_kept_as_it_is()
    {
        Assert.True(IceCandidate.TryParse("1 1 udp 1 0b1f2c.local 9 typ host", out IceCandidate? candidate));
        Assert.Equal("0b1f2c.local", candidate!.Address);
    }

    [Theory]
    [InlineData("")]
    [InlineData("candidate:1 1 udp 1 192.0.2.2")]
    [InlineData("candidate:1 1 sctp 1 192.0.2.2 9 typ host")]
    [InlineData("candidate:1 1 udp 4294967296 192.0.2.2 9 typ host")]
    [InlineData("candidate:1 1 udp 1 192.0.2.2 65536 typ host")]
    [InlineData("candidate:1 1 udp 1 192.0.2.2 -1 typ host")]
    [InlineData("candidate:1 1 udp 1 192.0.2.2 9 typ ghost")]
    [InlineData("candidate:1 0 udp 1 192.0.2.2 9 typ host")]
    [InlineData("candidate:1 1 udp 1 192.0.2.2 9 type host")]
    public void Broken_candidates_are_refused(string text) => Assert.False(IceCandidate.TryParse(text, out _));

    [Fact]
    public void Priorities_follow_the_formula_of_RFC_8445() =>
        Assert.Equal(2130706431u, IceCandidate.PriorityOf(IceCandidateType.Host, 65535));
}
