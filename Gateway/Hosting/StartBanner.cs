using System.Globalization;
using System.Text;
using Gateway.Authorization;
using Gateway.Certificates;
using Gateway.Options;

namespace Gateway.Hosting;

/// <summary>What is printed once the gateway is up.</summary>
internal sealed class StartBanner(GatewayOptions options, Listeners listeners, CertificateStore? certificates)
{
    private readonly StringBuilder _text = new();

    /// <param name="newAdminKey">Shown this once when it was just made.</param>
    public string Text(string? newAdminKey)
    {
        _text.AppendLine("Gateway is up.");
        Line("open", Url("https", "localhost", listeners.HttpsPort, "/"), Url("http", "localhost", listeners.HttpPort, "/"));
        Line("push", Url("rtmp", "localhost", listeners.RtmpPort, "/live/ROOM"), Url("rtmps", "localhost", listeners.RtmpsPort, "/live/ROOM"));
        Line("api", Url("http", "localhost", listeners.HttpPort, "/docs") ?? Url("https", "localhost", listeners.HttpsPort, "/docs"));
        if (certificates is not null)
            Line("certificate", certificates.Files.Certificate + (certificates.Files.IsSelfSigned ? " (self-signed: the browser asks once; see certs/README.md)" : ""));
        if (newAdminKey is not null)
            Line("admin key", $"{newAdminKey} (made now, shown this once, kept in {Path.Combine(options.CertificatesDirectory, AdminKey.FileName)})");
        return _text.ToString();
    }

    private static string? Url(string scheme, string host, int? port, string path) =>
        port is null ? null : string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}:{port}{path}");

    private void Line(string label, params string?[] values)
    {
        string[] known = [.. values.OfType<string>()];
        if (known.Length > 0) _text.Append("  ").Append(label.PadRight(12)).AppendJoin("   ", known).AppendLine();
    }
}
