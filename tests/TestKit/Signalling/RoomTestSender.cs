using System.Text.Json;
using TestKit.WebRtc;

namespace TestKit.Signalling;

/// <summary>A participant's sending peer connection: camera and microphone in real time, and a screen when it is shared.</summary>
public sealed class RoomTestSender : IAsyncDisposable
{
    private const string ScreenMid = "2";
    private const uint ScreenSsrc = 0x3333;

    private static readonly SendingSection s_sound = new(WhipOffer.AudioMid, "audio");
    private static readonly SendingSection s_picture = new(WhipOffer.VideoMid, "video");

    private readonly RoomTestClient _client;
    private readonly WebRtcTestPeer _own;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _playing;
    private readonly TestSender _video;
    private readonly TestSender _audio;
    private TestSender? _screen;

    private RoomTestSender(RoomTestClient client, WebRtcTestPeer own, UdpTestPeer peer, byte? level)
    {
        (_client, _own, Peer) = (client, own, peer);
        (_video, _audio) = peer.Get(p => (TestSender.Video(p), TestSender.Audio(p)));
        _audio.Level = level;
        _playing = PlayAsync();
    }

    public UdpTestPeer Peer { get; }

    /// <param name="level">How far below the loudest its sound is; null = not told.</param>
    public static async Task<RoomTestSender> PublishAsync(RoomTestClient client, int seed = 7, byte? level = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        var own = new WebRtcTestPeer(new WebRtcTestPeerOptions { Seed = seed });
        JsonElement answer = await OfferAsync(client, own, [s_sound, s_picture], ("camera", [s_sound, s_picture]));
        return new RoomTestSender(client, own, await ConnectAsync(own, answer), level);
    }

    public async Task ShareScreenAsync()
    {
        var section = new SendingSection(ScreenMid, "video");
        await OfferAsync(_client, _own, [s_sound, s_picture, section], ("camera", [s_sound, s_picture]), ("screen", [section]));
        Peer.Do(p => _screen = new TestSender(p, ScreenSsrc, WhipOffer.VideoType, ScreenMid, 90_000));
    }

    public async Task StopScreenAsync()
    {
        Peer.Do(_ => _screen = null);
        await OfferAsync(_client, _own, [s_sound, s_picture, new SendingSection(ScreenMid, "video", "inactive")], ("camera", [s_sound, s_picture]));
    }

    /// <summary>Goes away: DTLS close_notify.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _playing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Peer.Do(p => p.Close());
        Peer.Dispose();
        _stop.Dispose();
    }

    internal static async Task<UdpTestPeer> ConnectAsync(WebRtcTestPeer own, JsonElement answer)
    {
        var remote = RemotePeer.Parse(answer.GetProperty("sdp").GetString()!);
        var peer = new UdpTestPeer(own, remote, remote.Candidates[0]);
        if (await peer.WaitAsync(p => p.IsConnected, TimeSpan.FromSeconds(10))) return peer;
        peer.Dispose();
        throw new InvalidOperationException($"No connection to {remote.Candidates[0]}");
    }

    private static async Task<JsonElement> OfferAsync(
        RoomTestClient client, WebRtcTestPeer own, SendingSection[] all, params (string Publication, SendingSection[] Sections)[] wanted)
    {
        await client.SendAsync(new
        {
            type = "offer",
            pc = "send",
            sdp = SendingOffer.Create(own, all),
            tracks = wanted.SelectMany(one => one.Sections.Select(section => new { mid = section.Mid, publication = one.Publication })),
        });
        return await client.NextAsync("answer", answer => answer.GetProperty("pc").GetString() == "send");
    }

    private async Task PlayAsync()
    {
        int asked = -1;
        int screenAsked = -1;
        long start = Peer.Now;
        for (int i = 0; !_stop.IsCancellationRequested; i++)
        {
            Peer.Do(_ =>
            {
                SendPicture(_video, i, ref asked);
                if (_screen is not null) SendPicture(_screen, i, ref screenAsked);
                else screenAsked = -1;
                for (int sound = 0; sound < (i % 3 == 0 ? 1 : 2); sound++)
                {
                    _audio.Send(TestSender.Opus(_audio.Sent.Count));
                    _audio.Step(20);
                }
            });
            long due = start + ((i + 1) * TimeSpan.TicksPerSecond / 30);
            await Task.Delay(TimeSpan.FromTicks(Math.Max(1, due - Peer.Now)), _stop.Token);
        }
    }

    private static void SendPicture(TestSender sender, int index, ref int asked)
    {
        bool isKeyframe = sender.KeyframeRequests != asked;
        asked = sender.KeyframeRequests;
        sender.Send(TestSender.Vp8(index & 0x7fff, isKeyframe));
        sender.Step(100 / 3.0);
    }
}
