using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gateway.Api;

/// <summary>What the OpenAPI document says beyond what the endpoints say of themselves.</summary>
internal static class OpenApiDescription
{
    private const string Scheme = "key";

    public static void Configure(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info = new OpenApiInfo
        {
            Title = "Gateway",
            Version = "1",
            Description = "Lists and events are open. What changes something is for callers on the gateway's own machine, or with the admin key. "
                + "Keys come as \"Authorization: Bearer KEY\" or ?token=KEY. Every error is a problem of RFC 9457 whose type is stable.",
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" };
        return Task.CompletedTask;
    });
}
