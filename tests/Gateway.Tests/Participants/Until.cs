namespace Gateway.Tests.Participants;

/// <summary>Waits for what comes true a little later.</summary>
internal static class Until
{
    public static async Task SoAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; !await condition(); i++)
        {
            Assert.True(i < 300, "It did not come true.");
            await Task.Delay(50);
        }
    }
}
