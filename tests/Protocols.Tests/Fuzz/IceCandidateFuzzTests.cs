using System.Text;
using Protocols.Ice;
using TestKit;

namespace Protocols.Tests.Fuzz;

public sealed class IceCandidateFuzzTests
{
    [Fact]
    public void Any_text_can_be_parsed_and_what_was_accepted_can_be_written_and_read_again() => Fuzzer.Run(
        [
            "candidate:1482833588 1 udp 2122194687 192.0.2.2 60922 typ host generation 0 network-id 1"u8.ToArray(),
            "a=candidate:4 1 tcp 1518214911 fd00::2 9 typ host tcptype active generation 0"u8.ToArray(),
            "1 1 udp 1 0b1f2c.local 9 typ srflx raddr 0.0.0.0 rport 0"u8.ToArray(),
        ],
        static data =>
        {
            if (!IceCandidate.TryParse(Encoding.Latin1.GetString(data), out IceCandidate? candidate)) return;
            Assert.True(IceCandidate.TryParse(candidate!.ToString(), out IceCandidate? again));
            Assert.Equal(candidate, again);
        });
}
