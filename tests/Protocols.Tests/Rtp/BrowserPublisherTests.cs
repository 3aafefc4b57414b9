using System.Net;
using System.Net.Sockets;
using Media;
using Protocols.Net;
using Protocols.Rtp;
using Protocols.Tests.WebRtc;
using TestKit.Browsers;
using Xunit.Abstractions;

namespace Protocols.Tests.Rtp;

/// <summary>Real browsers send, with simulcast and without: their packets find their encodings and become whole frames.</summary>
[Trait("Suite", "matrix")]
public sealed class BrowserPublisherTests : IDisposable
{
    private const string Page = """
        <!doctype html><title>publisher</title><canvas id="c" width="WIDTH" height="HEIGHT"></canvas><script>
        (async () => {
          const canvas = document.getElementById('c'), pen = canvas.getContext('2d');
          let n = 0;
          setInterval(() => {
            pen.fillStyle = `hsl(${n * 7 % 360} 80% 50%)`; pen.fillRect(0, 0, canvas.width, canvas.height);
            pen.fillStyle = '#fff'; pen.fillRect(n * 9 % canvas.width, 40, 60, 60); n++;
          }, 66);
          const sound = new AudioContext(), tone = sound.createOscillator(), out = sound.createMediaStreamDestination();
          tone.connect(out); tone.start();
          const peer = window.peer = new RTCPeerConnection();
          peer.addTransceiver(out.stream.getAudioTracks()[0], { direction: 'sendonly' });
          const encodings = ENCODINGS;
          const video = peer.addTransceiver(canvas.captureStream(15).getVideoTracks()[0], { direction: 'sendonly', ...(encodings && { sendEncodings: encodings }) });
          video.setCodecPreferences(RTCRtpSender.getCapabilities('video').codecs.filter(
            codec => codec.mimeType === 'video/CODEC' || codec.mimeType === 'video/rtx'));
          await peer.setLocalDescription();
          const response = await fetch('ENDPOINT', { method: 'POST', body: peer.localDescription.sdp });
          await peer.setRemoteDescription({ type: 'answer', sdp: await response.text() });
        })();
        </script>
        """;

    private const string Simulcast =
        "[{ rid: 'l', scaleResolutionDownBy: 4 }, { rid: 'm', scaleResolutionDownBy: 2 }, { rid: 'h', scaleResolutionDownBy: 1 }]";

    private readonly DirectoryInfo _pages = Directory.CreateTempSubdirectory("publisher");
    private readonly PublisherEnd _end = new();
    private readonly SmallWhepServer _server;
    private readonly ITestOutputHelper _output;

    public BrowserPublisherTests(ITestOutputHelper output)
    {
        _output = output;
        // Firefox makes no pair of an address of this machine and a loopback one.
        _server = new SmallWhepServer(OwnAddress(), _end.Negotiate);
        _end.Attach(_server);
    }

    public void Dispose()
    {
        _server.Dispose();
        _pages.Delete(recursive: true);
    }

    [Theory]
    [InlineData("VP8")]
    [InlineData("H264")]
    public async Task Chromium_sends_three_encodings(string codec)
    {
        WritePage(codec, Simulcast, 960, 540);
        using Browser browser = Browser.Chromium(_pages.FullName);
        await ExpectAsync(encodings: 3, codec);
    }

    [Theory]
    [InlineData("VP9")]
    [InlineData("AV1")]
    public async Task Chromium_sends_one_encoding(string codec)
    {
        WritePage(codec, "null", 320, 180);
        using Browser browser = Browser.Chromium(_pages.FullName);
        await ExpectAsync(encodings: 1, codec);
    }

    [Fact]
    public async Task Chromium_sends_spatial_layers_of_VP9()
    {
        WritePage("VP9", "[{ scalabilityMode: 'L2T3_KEY' }]", 640, 360);
        using Browser browser = Browser.Chromium(_pages.FullName);
        await ExpectAsync(encodings: 1, "VP9");
        Assert.Equal(2, _end.Frames.Single(frames => frames.Encoding.Section.Kind == MediaKind.Video).MaxTemporalId);
    }

    [Fact]
    public async Task Firefox_sends_two_encodings()
    {
        WritePage("VP8", "[{ rid: 'h' }, { rid: 'l', scaleResolutionDownBy: 2 }]", 640, 360);
        using Browser browser = Browser.Firefox(_pages.FullName);
        await ExpectAsync(encodings: 2, "VP8");
    }

    private static IPAddress? OwnAddress() => InterfaceAddress.ReadAll().Select(own => own.Address)
        .FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));

    private void WritePage(string codec, string encodings, int width, int height) => File.WriteAllText(
        Path.Combine(_pages.FullName, "driver.html"),
        Page.Replace("ENDPOINT", _server.Endpoint.ToString(), StringComparison.Ordinal)
            .Replace("CODEC", codec, StringComparison.Ordinal)
            .Replace("ENCODINGS", encodings, StringComparison.Ordinal)
            .Replace("WIDTH", $"{width}", StringComparison.Ordinal)
            .Replace("HEIGHT", $"{height}", StringComparison.Ordinal));

    private async Task ExpectAsync(int encodings, string codec)
    {
        EncodingFrames[] video = [];
        EncodingFrames? audio = null;
        bool isDone = false;
        for (int i = 0; i < 1200 && !isDone; i++)
        {
            await Task.Delay(50);
            _server.Post(_ =>
            {
                video = [.. _end.Frames.Where(frames => frames.Encoding.Section.Kind == MediaKind.Video)];
                audio = _end.Frames.FirstOrDefault(frames => frames.Encoding.Section.Kind == MediaKind.Audio);
                isDone = video.Length == encodings && video.All(frames => frames.Count >= 40) && _end.SenderReports > 0 && audio?.Count > 50;
            });
        }

        _server.Post(_ =>
        {
            foreach (EncodingFrames frames in _end.Frames) _output.WriteLine(frames.ToString());
            ReceiverCounters counters = _end.Receiver!.Counters;
            _output.WriteLine(
                $"round trip {_end.Receiver.RoundTrip / TimeSpan.TicksPerMillisecond} ms, unassigned {counters.UnassignedPackets}, surplus {counters.SurplusPackets}, "
                + $"retired {counters.RetiredPackets}, wrong types {counters.WrongPayloadTypes}, empty {counters.EmptyPackets}, useless {counters.UselessPackets}");
        });
        Assert.Null(_server.Closed);
        Assert.True(isDone, $"{video.Length} of {encodings} encodings, {audio?.Count} frames of sound, {_end.SenderReports} sender reports");
        Assert.All(video, frames =>
        {
            Assert.Equal(codec, frames.Format!.Codec.Name());
            Assert.True(frames.Keyframes > 0 && frames.KeyframeStarts >= frames.Keyframes);
        });
        Assert.Equal(encodings, video.Select(frames => frames.Format!.Video!.Width).Distinct().Count());
        Assert.True(_end.Receiver!.RoundTrip > 0);
        Assert.True(_end.AudioLevels > 0);
        Assert.Equal(0, _end.Receiver.Counters.SurplusPackets);
    }
}
