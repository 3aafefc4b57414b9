namespace Media.Codecs;

/// <summary>Keeps the format of one AAC stream from its sequence headers. One thread.</summary>
public sealed class AacStream
{
    /// <summary>Null until a sequence header came; its clock is the core's sampling rate.</summary>
    public TrackFormat? Format { get; private set; }

    public AacConfiguration Configuration { get; private set; }

    /// <summary>Takes an AudioSpecificConfig up. False: malformed or no AAC that we know; nothing was changed.</summary>
    public bool TryConfigure(ReadOnlySpan<byte> configuration)
    {
        if (Format is not null && configuration.SequenceEqual(Format.Configuration.AsSpan())) return true;
        if (!AacConfiguration.TryParse(configuration, out AacConfiguration parsed)) return false;
        Configuration = parsed;
        Format = new TrackFormat
        {
            Codec = Codec.Aac,
            ClockRate = parsed.SampleRate,
            Channels = parsed.Channels,
            Version = Format is null ? 0 : Format.Version + 1,
            Configuration = [.. configuration],
        };
        return true;
    }
}
