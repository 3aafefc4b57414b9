using TestKit.Processes;
using Xunit.Sdk;

namespace TestKit.Browsers;

/// <summary>
/// A sound card that nobody hears: a PulseAudio of its own with one null sink. Firefox's audio graph stands still where
/// there is no output device, and test machines have none.
/// </summary>
internal sealed class SoundCard : IDisposable
{
    private readonly ChildProcess _process;

    /// <param name="folder">Where its socket and its state lie.</param>
    public SoundCard(string folder)
    {
        string socket = Path.Combine(folder, "sound");
        Server = "unix:" + socket;
        _process = new ChildProcess(
            "pulseaudio",
            [
                "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit", "--realtime=no", "--log-level=warn",
                "--load=module-null-sink sink_name=nobody rate=48000", $"--load=module-native-protocol-unix auth-anonymous=1 socket={socket}",
            ],
            environment: new Dictionary<string, string>
            {
                ["HOME"] = folder, ["PULSE_STATE_PATH"] = folder, ["PULSE_RUNTIME_PATH"] = folder, ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent",
            });
        for (int i = 0; !File.Exists(socket) && i < 100 && !_process.HasExited; i++) Thread.Sleep(50);
        if (!File.Exists(socket)) throw new XunitException("PulseAudio did not start:\n" + _process.Log);
    }

    /// <summary>What a client finds in <c>PULSE_SERVER</c>.</summary>
    public string Server { get; }

    public void Dispose() => _process.Dispose();
}
