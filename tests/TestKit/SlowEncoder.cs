using Rooms;

namespace TestKit;

/// <summary>Makes the encoders of a gateway in this process as slow as a test needs them.</summary>
public static class SlowEncoder
{
    /// <param name="brake">Called on the encoder's thread before each picture.</param>
    public static void Install(RoomsContext context, Action brake)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.BeforeEncoding = brake;
    }
}
