using System.Security.Cryptography;
using Protocols.Ice;

namespace Protocols.Tests.Ice;

public sealed class IceCredentialsTests
{
    [Fact]
    public void The_first_character_names_the_owner_loop()
    {
        using var random = RandomNumberGenerator.Create();
        for (int loop = 0; loop < IceCredentials.MaxLoops; loop++)
            Assert.Equal(loop, IceCredentials.LoopOf(IceCredentials.Create(loop, random).UsernameFragment[0]));
        Assert.Equal(-1, IceCredentials.LoopOf('-'));
    }

    [Fact]
    public void They_are_long_enough_legal_and_never_the_same()
    {
        using var random = RandomNumberGenerator.Create();
        var seen = new HashSet<string>();
        for (int i = 0; i < 1000; i++)
        {
            IceCredentials credentials = IceCredentials.Create(0, random);
            Assert.True(IceCredentials.IsFragment(credentials.UsernameFragment));
            Assert.True(IceCredentials.IsPassword(credentials.Password));
            Assert.True(seen.Add(credentials.Password) && seen.Add(credentials.UsernameFragment));
        }
    }

    [Fact]
    public void Their_text_does_not_give_the_password_away()
    {
        var credentials = new IceCredentials("Aabc", "0123456789012345678901");
        Assert.DoesNotContain(credentials.Password, credentials.ToString(), StringComparison.Ordinal);
    }
}
