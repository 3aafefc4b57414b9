using System.Collections.Frozen;
using System.Runtime.InteropServices;
using Media.FFmpeg.Native;

namespace Media.FFmpeg;

/// <summary>
/// Whether FFmpeg can be used, as a value: its version and codecs, or the reason why it counts as missing. Nothing else
/// in this folder may be made without an available one. Immutable, any thread.
/// </summary>
public sealed class FFmpegLibrary
{
    private readonly FrozenDictionary<Codec, string> _decoders;
    private readonly FrozenSet<Codec> _encoders;

    private FFmpegLibrary(
        string version, string? missingReason, FrozenDictionary<Codec, string> decoders, FrozenSet<Codec> encoders)
    {
        Version = version;
        MissingReason = missingReason;
        _decoders = decoders;
        _encoders = encoders;
    }

    public bool IsAvailable => MissingReason is null;

    /// <summary>FFmpeg's own version text; empty where nothing was loaded.</summary>
    public string Version { get; }

    /// <summary>Why FFmpeg counts as missing, for people to read; null where it is available.</summary>
    public string? MissingReason { get; }

    public bool CanDecode(Codec codec) => _decoders.ContainsKey(codec);

    public bool CanEncode(Codec codec) => _encoders.Contains(codec);

    public bool CanTranscode(Codec from, Codec to) => WhyNot(from, to) is null;

    /// <summary>Why <paramref name="from"/> cannot be made into <paramref name="to"/> here; null where it can.</summary>
    public string? WhyNot(Codec from, Codec to)
    {
        if (MissingReason is not null) return $"FFmpeg is missing: {MissingReason}";
        if (from.Kind() != to.Kind()) return $"{from.Name()} and {to.Name()} are different kinds of media";
        if (!CanDecode(from)) return $"this FFmpeg has no decoder for {from.Name()}";
        if (!CanEncode(to)) return $"this FFmpeg has no encoder for {to.Name()} ({CodecNames.Encoder(to) ?? "none known"})";
        return null;
    }

    /// <summary>
    /// Loads the newest known release of FFmpeg and checks it by encoding and decoding a few tiny frames. Never throws:
    /// whatever is wrong becomes <see cref="MissingReason"/>. Takes some tens of milliseconds.
    /// </summary>
    /// <param name="directory">Look for the shared libraries only there; null = where the system looks.</param>
    public static FFmpegLibrary Load(string? directory = null)
    {
        string version = "";
        try
        {
            if (!NativeLibraries.TryLoad(directory, out string missing)) return Missing(missing);
            Silence();
            version = Marshal.PtrToStringUTF8(AvUtil.av_version_info()) ?? "";
            if (WrongMajors() is { } wrong) return Missing(wrong, version);
            FFmpegLibrary library = Probe(version);
            string? failure = SelfCheck.Run(library);
            return failure is null ? library : Missing($"the self-check failed: {failure}", version);
        }
        catch (Exception e) when (e is FFmpegException or DllNotFoundException or EntryPointNotFoundException)
        {
            return Missing(e.Message, version);
        }
    }

    /// <summary>A library that is not there, for hosts that turn it off and for tests.</summary>
    public static FFmpegLibrary Missing(string reason) => Missing(reason, "");

    internal string DecoderName(Codec codec) =>
        _decoders.TryGetValue(codec, out string? name)
            ? name : throw new FFmpegException(MissingReason ?? $"this FFmpeg has no decoder for {codec.Name()}");

    internal string EncoderName(Codec codec) =>
        CanEncode(codec)
            ? CodecNames.Encoder(codec)! : throw new FFmpegException(MissingReason ?? $"this FFmpeg has no encoder for {codec.Name()}");

    private static FFmpegLibrary Missing(string reason, string version) =>
        new(version, reason, FrozenDictionary<Codec, string>.Empty, FrozenSet<Codec>.Empty);

    private static FFmpegLibrary Probe(string version)
    {
        var decoders = new Dictionary<Codec, string>();
        var encoders = new HashSet<Codec>();
        foreach (Codec codec in Enum.GetValues<Codec>())
        {
            foreach (string name in CodecNames.Decoders(codec))
                if (AvCodec.avcodec_find_decoder_by_name(name) != 0 && decoders.TryAdd(codec, name)) break;
            if (CodecNames.Encoder(codec) is { } encoder && AvCodec.avcodec_find_encoder_by_name(encoder) != 0)
                encoders.Add(codec);
        }

        return new FFmpegLibrary(version, null, decoders.ToFrozenDictionary(), encoders.ToFrozenSet());
    }

    /// <summary>A library file whose name promises another major than it has.</summary>
    private static string? WrongMajors()
    {
        int util = (int)(AvUtil.avutil_version() >> 16);
        int codec = (int)(AvCodec.avcodec_version() >> 16);
        int filter = (int)(AvFilter.avfilter_version() >> 16);
        return AvRelease.Find(util, codec, filter) == NativeLibraries.Release
            ? null : $"unknown combination of libavutil {util}, libavcodec {codec} and libavfilter {filter}";
    }

    /// <summary>FFmpeg writes to stderr by default; what matters comes back as error codes.</summary>
    private static void Silence()
    {
        const int Error = 16; // AV_LOG_ERROR
        AvUtil.av_log_set_level(Error);
        AvUtil.av_log_set_callback(0);
    }
}
