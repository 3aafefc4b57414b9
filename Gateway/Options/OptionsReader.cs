using Protocols.Sdp;
using Recorder;
using Rooms;
using Rooms.Publishing;

namespace Gateway.Options;

/// <summary>Turns the configuration into <see cref="GatewayOptions"/>, or throws <see cref="OptionException"/> for the first bad value.</summary>
internal static class OptionsReader
{
    private const string RoomSection = "Rooms";

    private static readonly string[] RoomSettingNames = ["PublishKey", "ViewKey", "VideoPolicy", "Takeover", "Recording"];

    public static GatewayOptions Read(IConfiguration configuration, string baseDirectory) => Read(configuration, baseDirectory, out _);

    /// <param name="names">Every option there is, but for those of single rooms.</param>
    public static GatewayOptions Read(IConfiguration configuration, string baseDirectory, out IReadOnlyCollection<string> names)
    {
        var reader = new SettingReader(configuration, baseDirectory);
        var options = new GatewayOptions
        {
            BaseDirectory = baseDirectory,
            HttpPort = reader.Port("Http:Port", 8080),
            HttpsPort = reader.Port("Https:Port", 8084),
            RtmpPort = reader.Port("Rtmp:Port", 1935),
            RtmpsPort = reader.Port("Rtmps:Port", 1936),
            WebRtc = ReadWebRtc(reader),
            RtpPorts = reader.Range("Rtp:Ports", new PortRange(20000, 20999)),
            Recorder = ReadRecorder(reader),
            RecordingPolicy = reader.Choice<RecordingPolicy>("Recorder:Policy") ?? RecordingPolicy.OnRequest,
            PlaybackDirectory = reader.Directory("Playback:Directory", "media"),
            MaxPlaybacks = reader.Integer("Playback:MaxPlaybacks", 20, 0, 1000),
            CertificatesDirectory = reader.Directory("Certificates:Directory", "certs"),
            WebRoot = reader.Directory("Web:Root", "webroot"),
            AdminKey = reader.Key("Admin:Key"),
            Takeover = reader.Choice<TakeoverPolicy>("Publishing:Takeover") ?? TakeoverPolicy.SameCredential,
            Video = new VideoOptions(
                reader.Choice<VideoPolicy>("Video:Policy") ?? VideoPolicy.Transcode,
                reader.Integer("Video:Transcodes", 0, 0, 256)),
            FastStart = ReadFastStart(reader),
            Participants = ReadParticipants(reader),
            Sdp = new SdpLimits(
                reader.Integer("Sdp:MaxKilobytes", SdpReader.MaxLength / 1024, 8, 4096) * 1024,
                reader.Integer("Sdp:MaxSections", SdpReader.MaxMediaSections, 2, 1000)),
            DrainTime = reader.Seconds("Shutdown:DrainSeconds", 1, 600),
            Rooms = ReadRooms(reader),
        };
        names = [.. reader.Names.Where(name => !name.StartsWith(RoomSection + ':', StringComparison.OrdinalIgnoreCase))];
        RefuseUnknown(reader, names);
        RefuseSharedPorts(options);
        return options;
    }

    private static WebRtcOptions ReadWebRtc(SettingReader reader) => new(
        reader.Port("WebRtc:Port", 8000),
        reader.Switch("WebRtc:Tcp", true),
        reader.Addresses("WebRtc:AnnouncedAddresses"),
        reader.Integer("WebRtc:Loops", 0, 0, 64),
        reader.IceServers("WebRtc:IceServers"),
        reader.Delay("WebRtc:PlayoutDelay"));

    // Browsers start their timing anew at a jump of more than ten seconds; a smaller one would only confuse it.
    private static FastStartOptions ReadFastStart(SettingReader reader) => new(
        reader.Seconds("FastStart:ShiftSeconds", 20, 60) is var shift && (shift == TimeSpan.Zero || shift.TotalSeconds >= 11)
            ? shift
            : throw new OptionException("FastStart:ShiftSeconds", reader.Text("FastStart:ShiftSeconds")!, "0, or 11-60 seconds"),
        reader.Seconds("FastStart:CacheSeconds", 12, 60),
        reader.Integer("FastStart:CacheMegabytes", 32, 1, 1024) * 1024 * 1024);

    private static RecorderOptions ReadRecorder(SettingReader reader) => new()
    {
        Directory = reader.Directory("Recorder:Directory", "recordings"),
        SegmentTime = TimeSpan.FromMinutes(reader.Integer("Recorder:SegmentMinutes", 60, 1, 24 * 60)),
        SegmentBytes = (long)reader.Integer("Recorder:SegmentMegabytes", 2048, 1, 1_000_000) << 20,
        FragmentTime = TimeSpan.FromMilliseconds(reader.Integer("Recorder:FragmentMilliseconds", 300, 50, 5000)),
        SyncTime = TimeSpan.FromMilliseconds(reader.Integer("Recorder:SyncMilliseconds", 500, 50, 60_000)),
        PreRoll = reader.Switch("Recorder:PreRoll", true),
        MaxAge = TimeSpan.FromDays(reader.Integer("Recorder:MaxAgeDays", 0, 0, 36_500)),
        MaxTotalBytes = (long)reader.Integer("Recorder:MaxTotalGigabytes", 0, 0, 1_000_000) << 30,
        MinFreeBytes = (long)reader.Integer("Recorder:MinFreeMegabytes", 64, 1, 1_000_000) << 20,
    };

    private static ParticipantOptions ReadParticipants(SettingReader reader) => new(
        reader.Integer("Participants:MaxPerRoom", 50, 1, 500),
        reader.Integer("Participants:MaxTracks", 4, 1, 16),
        reader.Integer("Participants:MessagesPerSecond", 20, 1, 1000),
        reader.Integer("Participants:MaxMessageKilobytes", 512, 16, 4096) * 1024,
        reader.Seconds("Participants:ResumeSeconds", 30, 3600));

    private static Dictionary<string, RoomSettings> ReadRooms(SettingReader reader)
    {
        var rooms = new Dictionary<string, RoomSettings>(StringComparer.OrdinalIgnoreCase);
        foreach (string room in reader.Children(RoomSection))
        {
            string section = $"{RoomSection}:{room}";
            if (!RoomName.IsValid(room)) throw new OptionException(RoomSection, room, $"room names: {RoomName.Pattern}");
            foreach (string setting in reader.Children(section))
                if (!RoomSettingNames.Contains(setting, StringComparer.OrdinalIgnoreCase))
                    throw new OptionException($"{section}:{setting} is not an option; known here: {string.Join(", ", RoomSettingNames)}");
            rooms[room] = new RoomSettings(
                reader.Key(section + ":PublishKey"),
                reader.Key(section + ":ViewKey"),
                reader.Choice<VideoPolicy>(section + ":VideoPolicy"),
                reader.Choice<TakeoverPolicy>(section + ":Takeover"),
                reader.Choice<RecordingPolicy>(section + ":Recording"));
        }

        return rooms;
    }

    /// <summary>A misspelt option in a section of ours would otherwise be ignored silently.</summary>
    private static void RefuseUnknown(SettingReader reader, IReadOnlyCollection<string> names)
    {
        foreach (IGrouping<string, string> section in names.GroupBy(name => name[..name.IndexOf(':', StringComparison.Ordinal)], StringComparer.OrdinalIgnoreCase))
        {
            foreach (string child in reader.Children(section.Key))
                if (!section.Contains($"{section.Key}:{child}", StringComparer.OrdinalIgnoreCase))
                    throw new OptionException($"{section.Key}:{child} is not an option; known here: {string.Join(", ", section)}");
        }
    }

    private static void RefuseSharedPorts(GatewayOptions options)
    {
        (string Name, ListenPort Port)[] ports =
        [
            ("Http:Port", options.HttpPort), ("Https:Port", options.HttpsPort), ("Rtmp:Port", options.RtmpPort),
            ("Rtmps:Port", options.RtmpsPort), ("WebRtc:Port", options.WebRtc.Port),
        ];
        foreach (IGrouping<ListenPort, (string Name, ListenPort Port)> group in ports.Where(p => p.Port.IsFixed).GroupBy(p => p.Port))
            if (group.Skip(1).FirstOrDefault() is { Name: not null } second)
                throw new OptionException(second.Name, second.Port.ToString(), $"a port of its own ({group.First().Name} has this one)");
    }
}
