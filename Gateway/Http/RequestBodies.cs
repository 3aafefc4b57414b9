using Microsoft.OpenApi;

namespace Gateway.Http;

/// <summary>Describes bodies that an endpoint reads and checks by itself.</summary>
internal static class RequestBodies
{
    /// <summary>For the document only: unlike <c>Accepts</c> it does not refuse other types before the endpoint can say what is right.</summary>
    public static RouteHandlerBuilder TakesBody(this RouteHandlerBuilder endpoint, string contentType, string description) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = description,
                Content = new Dictionary<string, OpenApiMediaType> { [contentType] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } } },
            };
            return Task.CompletedTask;
        });
}
