using Bench.Load;

if (LoadOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(LoadOptions.Usage);
    return 2;
}

if (options.SendsOnly)
{
    using var source = new RtpSource(options, options.RtpPort);
    await Task.Delay(TimeSpan.FromSeconds(options.Seconds));
    return 0;
}

try
{
    using var run = new LoadRun(options);
    LoadFigures figures = await run.RunAsync();
    Console.WriteLine(figures.Table());
    Console.WriteLine(figures.Json());
    return figures.Connected == figures.Viewers ? 0 : 1;
}
catch (Exception e) when (e is InvalidOperationException or HttpRequestException or IOException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
