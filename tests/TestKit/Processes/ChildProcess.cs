using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit.Sdk;

namespace TestKit.Processes;

/// <summary>
/// A program that a test started: its output is kept, and it ends with the test, first asked (SIGTERM) and then killed
/// with all its children, by process id.
/// </summary>
public sealed partial class ChildProcess : IDisposable
{
    private const int Sigterm = 15;
    private const int KeptLines = 2000;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly string _name;
    private bool _disposed;

    /// <param name="networkNamespace">Runs the program inside this one (<c>ip netns exec</c>).</param>
    public ChildProcess(
        string program, IEnumerable<string> arguments, string? workingDirectory = null, bool pipeInput = false,
        string? networkNamespace = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        string[] command = networkNamespace is null ? [program] : ["ip", "netns", "exec", networkNamespace, program];
        _name = Path.GetFileName(program);
        var start = new ProcessStartInfo(command[0], [.. command[1..], .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = workingDirectory ?? "",
        };
        foreach ((string key, string value) in environment ?? new Dictionary<string, string>()) start.Environment[key] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        try
        {
            _process.Start();
        }
        catch (Win32Exception fault)
        {
            throw new XunitException($"{command[0]} could not be started: {fault.Message}", fault);
        }

        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        if (!pipeInput) _process.StandardInput.Close();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Standard input, where it was asked for.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    public string Log => string.Join('\n', _lines);

    /// <summary>Open handles of the process, sockets included.</summary>
    public int HandleCount => Directory.EnumerateFileSystemEntries($"/proc/{Id}/fd").Count();

    public int ThreadCount => Directory.EnumerateDirectories($"/proc/{Id}/task").Count();

    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public Task WaitForExitAsync(CancellationToken cancellation = default) => _process.WaitForExitAsync(cancellation);

    /// <summary>Runs a program to its end; anything but exit code 0 is an error.</summary>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string? workingDirectory = null, int seconds = 120)
    {
        using var process = new ChildProcess(program, arguments, workingDirectory);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        await process.WaitForExitAsync(timeout.Token);
        if (process.ExitCode != 0) throw new XunitException($"{program} ended with {process.ExitCode}:\n{process.Log}");
        return process.Log;
    }

    /// <summary>Asks for an orderly end; false if the process had to be killed.</summary>
    public bool Stop(int seconds = 5)
    {
        if (_process.HasExited) return true;
        _ = Kill(_process.Id, Sigterm);
        if (_process.WaitForExit(TimeSpan.FromSeconds(seconds))) return true;
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        return false;
    }

    /// <summary>Ends it without a word, as a crash would.</summary>
    public void Kill()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Stop(seconds: 3);
        _process.Dispose();
    }

    public override string ToString() => $"{_name} ({Id})";

    private void Keep(string? line)
    {
        if (line is null) return;
        _lines.Enqueue(line);
        if (_lines.Count > KeptLines) _lines.TryDequeue(out _);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
