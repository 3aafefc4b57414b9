using Media.Containers;

namespace Media.Mp4;

/// <summary>
/// How many samples the index of one file may name in all: tables and fragments can claim millions in a few bytes. No file has more
/// samples than bytes.
/// </summary>
internal sealed class SampleBudget(long fileLength)
{
    // More than four days of picture and sound
    private const long MaxSamples = 32 << 20;

    private long _left = Math.Min(MaxSamples, fileLength);

    public void Take(long count)
    {
        if (count > _left) throw new MediaFileException("The file's index names more samples than the file can hold.");
        _left -= count;
    }
}
