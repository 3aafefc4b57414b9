using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using TestKit.Processes;
using Xunit.Sdk;

namespace TestKit.Browsers;

/// <summary>
/// The web server of a test: serves the pages that do the work, hands out jobs to <c>driver.html</c>, takes the results.
/// </summary>
public sealed class PageServer : IDisposable
{
    private static readonly Dictionary<string, string> s_types = new()
    {
        [".html"] = "text/html; charset=utf-8", [".js"] = "text/javascript", [".json"] = "application/json",
    };

    private readonly HttpListener _listener = new();
    private readonly string _folder;
    private readonly Channel<Job> _waiting = Channel.CreateUnbounded<Job>();
    private readonly ConcurrentDictionary<string, Job> _jobs = new();
    private int _lastId;

    public PageServer(string folder)
    {
        _folder = folder;
        Root = new Uri($"http://127.0.0.1:{FreePorts.Next()}/");
        _listener.Prefixes.Add(Root.ToString());
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Root { get; }

    /// <summary>Has <paramref name="page"/> do its work in the browser that shows the driver page.</summary>
    public async Task<JsonElement> RunAsync(string page, object settings, TimeSpan timeout)
    {
        var job = new Job($"job{Interlocked.Increment(ref _lastId)}", page, JsonSerializer.Serialize(settings, JsonSerializerOptions.Web));
        _jobs[job.Id] = job;
        await _waiting.Writer.WriteAsync(job);
        try
        {
            return JsonDocument.Parse(await job.Result.Task.WaitAsync(timeout)).RootElement;
        }
        catch (TimeoutException)
        {
            throw new XunitException($"{page} gave no result within {timeout.TotalSeconds} s{(job.IsTaken ? "" : ": no browser took the job")}.");
        }
        finally
        {
            _jobs.TryRemove(job.Id, out _);
        }
    }

    public void Dispose() => _listener.Close();

    private async Task AcceptAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                _ = AnswerAsync(await _listener.GetContextAsync());
            }
            catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        string[] path = context.Request.Url!.AbsolutePath.Trim('/').Split('/');
        try
        {
            switch (path[0])
            {
                case "next": await AnswerNextAsync(context); break;
                case "job" when _jobs.TryGetValue(path[1], out Job? job): await WriteAsync(context, ".json", job.Settings); break;
                case "result" when _jobs.TryGetValue(path[1], out Job? job):
                    using (var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8)) job.Result.TrySetResult(await reader.ReadToEndAsync());
                    await WriteAsync(context, ".json", "{}");
                    break;
                default: await AnswerFileAsync(context, path[0]); break;
            }
        }
        catch (Exception fault) when (fault is HttpListenerException or IOException or ObjectDisposedException)
        {
            // The browser went away.
        }
    }

    private async Task AnswerNextAsync(HttpListenerContext context)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            Job job = await _waiting.Reader.ReadAsync(patience.Token);
            job.IsTaken = true;
            await WriteAsync(context, ".json", JsonSerializer.Serialize(new { id = job.Id, page = job.Page }));
        }
        catch (OperationCanceledException)
        {
            context.Response.StatusCode = (int)HttpStatusCode.NoContent;
            context.Response.Close();
        }
    }

    private async Task AnswerFileAsync(HttpListenerContext context, string name)
    {
        string path = Path.Combine(_folder, Path.GetFileName(name));
        if (File.Exists(path))
        {
            await WriteAsync(context, Path.GetExtension(path), await File.ReadAllTextAsync(path));
            return;
        }

        context.Response.StatusCode = (int)HttpStatusCode.NotFound;
        context.Response.Close();
    }

    private static async Task WriteAsync(HttpListenerContext context, string extension, string text)
    {
        context.Response.ContentType = s_types.GetValueOrDefault(extension, "application/octet-stream");
        context.Response.Headers["Cache-Control"] = "no-store";
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        context.Response.Close();
    }

    private sealed record Job(string Id, string Page, string Settings)
    {
        public TaskCompletionSource<string> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsTaken { get; set; }
    }
}
