namespace Media.Containers;

/// <summary>A file that can't be read, with the reason in words for the user.</summary>
public sealed class MediaFileException : Exception
{
    public MediaFileException()
    {
    }

    public MediaFileException(string message)
        : base(message)
    {
    }

    public MediaFileException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
