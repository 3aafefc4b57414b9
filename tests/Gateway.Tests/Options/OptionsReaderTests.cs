using System.Net;
using Gateway.Options;
using Microsoft.Extensions.Configuration;
using Protocols.Sdp;
using Recorder;
using Rooms;
using Rooms.Publishing;

namespace Gateway.Tests.Options;

public class OptionsReaderTests
{
    [Fact]
    public void Nothing_set_gives_the_ports_and_folders_of_the_documents()
    {
        GatewayOptions options = Read();
        Assert.Equal((8080, 8084), (options.HttpPort.BindPort, options.HttpsPort.BindPort));
        Assert.Equal((1935, 1936), (options.RtmpPort.BindPort, options.RtmpsPort.BindPort));
        Assert.Equal(8000, options.WebRtc.Port.BindPort);
        Assert.Equal(new PortRange(20000, 20999), options.RtpPorts);
        Assert.Equal("/base/recordings", options.RecorderDirectory);
        Assert.Equal(new RecorderOptions { Directory = "/base/recordings" }, options.Recorder);
        Assert.Equal(RecordingPolicy.OnRequest, options.RecordingPolicyOf("demo"));
        Assert.Equal("/base/media", options.PlaybackDirectory);
        Assert.Equal("/base/certs", options.CertificatesDirectory);
        Assert.Equal("/base/webroot", options.WebRoot);
        Assert.Equal(TimeSpan.FromSeconds(20), options.FastStart.Shift);
        Assert.Equal(TakeoverPolicy.SameCredential, options.Takeover);
        Assert.Equal(VideoPolicy.Transcode, options.Video.Policy);
        Assert.Equal(new ParticipantOptions(50, 4, 20, 512 * 1024, TimeSpan.FromSeconds(30)), options.Participants);
        Assert.Equal(new SdpLimits(64 * 1024, 64), options.Sdp);
        Assert.Equal(new SdpLimits(512 * 1024, 104), options.Participants.SdpLimits);
    }

    [Theory]
    [InlineData("Http:Port", "abc")]
    [InlineData("Https:Port", "65536")]
    [InlineData("Rtmp:Port", "-1")]
    [InlineData("Rtmps:Port", "1.5")]
    [InlineData("WebRtc:Port", "8000,8001")]
    [InlineData("WebRtc:AnnouncedAddresses", "example.org")]
    [InlineData("WebRtc:AnnouncedAddresses", "0.0.0.0")]
    [InlineData("WebRtc:Loops", "1000")]
    [InlineData("WebRtc:IceServers", "http://stun.example.org")]
    [InlineData("WebRtc:PlayoutDelay", "maybe")]
    [InlineData("WebRtc:PlayoutDelay", "0-0")]
    [InlineData("WebRtc:PlayoutDelay", "0-9")]
    [InlineData("Rtp:Ports", "20999-20000")]
    [InlineData("Rtp:Ports", "20000")]
    [InlineData("Recorder:Policy", "sometimes")]
    [InlineData("Recorder:SegmentMinutes", "0")]
    [InlineData("Recorder:SegmentMegabytes", "2GB")]
    [InlineData("Recorder:FragmentMilliseconds", "10")]
    [InlineData("Recorder:SyncMilliseconds", "-1")]
    [InlineData("Recorder:PreRoll", "yes")]
    [InlineData("Recorder:MaxAgeDays", "1.5")]
    [InlineData("Recorder:MaxTotalGigabytes", "all")]
    [InlineData("Recorder:MinFreeMegabytes", "0")]
    [InlineData("Rooms:demo:Recording", "yes")]
    [InlineData("Publishing:Takeover", "always")]
    [InlineData("Video:Policy", "ignore")]
    [InlineData("Video:Transcodes", "many")]
    [InlineData("FastStart:ShiftSeconds", "-1")]
    [InlineData("FastStart:ShiftSeconds", "9")]
    [InlineData("FastStart:CacheMegabytes", "0")]
    [InlineData("Participants:MaxPerRoom", "0")]
    [InlineData("Participants:MaxTracks", "17")]
    [InlineData("Participants:MessagesPerSecond", "fast")]
    [InlineData("Participants:MaxMessageKilobytes", "1")]
    [InlineData("Participants:ResumeSeconds", "-30")]
    [InlineData("Sdp:MaxKilobytes", "1")]
    [InlineData("Sdp:MaxSections", "1")]
    [InlineData("Shutdown:DrainSeconds", "forever")]
    [InlineData("Rooms:demo:VideoPolicy", "copy")]
    [InlineData("Rooms:demo:Takeover", "always")]
    public void A_bad_value_is_refused_in_one_line_with_option_value_and_what_is_allowed(string name, string value)
    {
        var refusal = Assert.Throws<OptionException>(() => Read((name, value)));
        Assert.StartsWith($"{name}: \"{value.Split(',')[0]}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("allowed: ", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Theory]
    [InlineData("Http:Prot", "8080", "Http:Prot is not an option; known here: Http:Port")]
    [InlineData("Rooms:demo:Publishkey2", "x", "Rooms:demo:Publishkey2 is not an option")]
    [InlineData("Rooms:no spaces:ViewKey", "x", "Rooms: \"no spaces\" is not allowed")]
    [InlineData("Https:Port", "8080", "Https:Port: \"8080\" is not allowed; allowed: a port of its own (Http:Port has this one)")]
    public void What_can_not_be_meant_is_refused(string name, string value, string message) =>
        Assert.StartsWith(message, Assert.Throws<OptionException>(() => Read((name, value))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Admin:Key")]
    [InlineData("Rooms:demo:PublishKey")]
    public void A_key_that_is_refused_is_not_shown(string name)
    {
        var refusal = Assert.Throws<OptionException>(() => Read((name, "my secret")));
        Assert.StartsWith(name, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("my secret", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_can_be_off_or_any()
    {
        GatewayOptions options = Read(("Http:Port", "0"), ("Https:Port", "auto"));
        Assert.True(options.HttpPort.IsOff);
        Assert.Equal(ListenPort.Auto, options.HttpsPort);
    }

    [Fact]
    public void Addresses_come_as_one_text_or_as_an_array()
    {
        IPAddress[] both = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("2001:db8::1")];
        Assert.Equal(both, Read(("WebRtc:AnnouncedAddresses", "192.0.2.1, 2001:db8::1")).WebRtc.AnnouncedAddresses);
        Assert.Equal(both, Read(("WebRtc:AnnouncedAddresses:0", "192.0.2.1"), ("WebRtc:AnnouncedAddresses:1", "2001:db8::1")).WebRtc.AnnouncedAddresses);
    }

    [Fact]
    public void A_room_has_its_own_keys_and_policies_whatever_the_case_of_its_name()
    {
        GatewayOptions options = Read(("Rooms:Studio:ViewKey", "v1"), ("Rooms:Studio:VideoPolicy", "reject"), ("Rooms:Studio:Takeover", "when-idle"), ("Rooms:Studio:Recording", "always"));
        Assert.Equal(new RoomSettings(null, "v1", VideoPolicy.Reject, TakeoverPolicy.WhenIdle, RecordingPolicy.Always), options.Room("studio"));
        Assert.Equal(RecordingPolicy.Always, options.RecordingPolicyOf("STUDIO"));
        Assert.Equal(RoomSettings.Default, options.Room("other"));
    }

    [Fact]
    public void Choices_are_written_with_hyphens()
    {
        Assert.Equal(TakeoverPolicy.WhenIdle, Read(("Publishing:Takeover", "when-idle")).Takeover);
        Assert.Equal(TakeoverPolicy.SameCredential, Read(("Publishing:Takeover", "same-credential")).Takeover);
    }

    [Fact]
    public void The_shipped_settings_file_says_the_defaults_and_every_option()
    {
        string folder = BaseFolder.Find(AppContext.BaseDirectory);
        IConfiguration shipped = new ConfigurationBuilder().AddJsonFile(Path.Combine(folder, "Gateway", "appsettings.json")).Build();
        GatewayOptions options = OptionsReader.Read(shipped, "/base", out IReadOnlyCollection<string> names);
        GatewayOptions defaults = Read();
        Assert.Equivalent(defaults, options, strict: true);
        Assert.All(names, name => Assert.True(shipped.GetSection(name).Exists() || shipped[name] is not null, $"{name} is not in appsettings.json"));
        string manual = File.ReadAllText(Path.Combine(folder, "docs", "options.md"));
        Assert.All(names, name => Assert.Contains($"`{name}`", manual, StringComparison.Ordinal));
    }

    private static GatewayOptions Read(params (string Name, string Value)[] settings) => OptionsReader.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Name, s => (string?)s.Value)).Build(), "/base");
}
