using Gateway.Hosting;
using Gateway.Options;

try
{
    await using GatewayHost host = GatewayHost.Create(args);
    await host.StartAsync();
    await Console.Out.WriteAsync(host.Banner());
    await host.WaitForShutdownAsync();
    return 0;
}
catch (OptionException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
