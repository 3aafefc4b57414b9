using Media.Buffers;
using Media.Flv;
using Media.Mp4;
using Media.WebM;

namespace Media.Containers;

/// <summary>Opens media files by what they hold, whatever they are called.</summary>
public static class MediaFiles
{
    private const int LongestStart = 16;

    /// <summary>Opens a seekable stream, which belongs to the reader from then on, and is closed where it can't be read.</summary>
    /// <exception cref="MediaFileException">The file is of no known kind, or broken.</exception>
    public static IMediaFileReader Open(Stream stream, BufferPool? pool = null)
    {
        var file = new FileWindow(stream);
        pool ??= BufferPool.Shared;
        try
        {
            ReadOnlySpan<byte> start = file.Peek(0, LongestStart);
            if (Mp4FileReader.Recognizes(start)) return new Mp4FileReader(file, pool);
            if (WebMFileReader.Recognizes(start)) return new WebMFileReader(file, pool);
            if (FlvFileReader.Recognizes(start)) return new FlvFileReader(file, pool);
            throw new MediaFileException(start.IsEmpty ? "The file is empty." : "The file is neither MP4 nor WebM nor FLV.");
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
