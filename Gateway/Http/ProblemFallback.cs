using Microsoft.AspNetCore.Diagnostics;

namespace Gateway.Http;

/// <summary>Gives a problem body to every error answer that has none: of routing, of the server, of our own faults.</summary>
internal static class ProblemFallback
{
    public static void UseProblemFallback(this IApplicationBuilder app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            AllowStatusCode404Response = true,
            StatusCodeSelector = fault => fault is BadHttpRequestException bad ? bad.StatusCode : 500,
            SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException or OperationCanceledException,
            ExceptionHandler = WriteFault,
        });
        app.UseStatusCodePages(context => WriteStatus(context.HttpContext));
    }

    private static Task WriteFault(HttpContext context)
    {
        Exception? fault = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        return Problems.OfStatus(context.Response.StatusCode).WriteAsync(
            context, fault is BadHttpRequestException ? fault.Message : "It is in the log.");
    }

    private static Task WriteStatus(HttpContext context) => Problems.OfStatus(context.Response.StatusCode).WriteAsync(
        context,
        context.Response.StatusCode switch
        {
            404 => $"{context.Request.Path} is not known here. The API is described at /openapi/v1.json.",
            405 => $"{context.Request.Method} is not allowed; allowed: {context.Response.Headers.Allow}",
            415 => $"\"{context.Request.ContentType}\" is not understood here.",
            _ => "The request does not fit what is described at /openapi/v1.json.",
        });
}
