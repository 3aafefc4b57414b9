namespace Rooms.Tests;

public class RoomNameTests
{
    [Theory]
    [InlineData("demo")]
    [InlineData("0")]
    [InlineData("A_b-9")]
    public void Letters_digits_underscore_and_hyphen_are_valid(string name) => Assert.True(RoomName.IsValid(name));

    [Theory]
    [InlineData("")]
    [InlineData("_demo")]
    [InlineData("-demo")]
    [InlineData("de mo")]
    [InlineData("../demo")]
    [InlineData("dömo")]
    [InlineData("demo\n")]
    public void Everything_else_is_not(string name) => Assert.False(RoomName.IsValid(name));

    [Fact]
    public void Sixty_four_characters_is_the_limit()
    {
        Assert.True(RoomName.IsValid(new string('a', 64)));
        Assert.False(RoomName.IsValid(new string('a', 65)));
    }
}
