namespace Gateway.Http;

/// <summary>Lets pages from anywhere use the signalling endpoints: they carry no cookies, only keys that the page must know.</summary>
internal static class Cors
{
    public static void Allow(HttpContext context, string methods)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlAllowMethods = methods;
        headers.AccessControlAllowHeaders = "Authorization, Content-Type, If-Match, Accept";
        headers.AccessControlExposeHeaders = "Location, ETag, Link, Accept-Post, Accept-Patch, Retry-After, WWW-Authenticate";
        headers.AccessControlMaxAge = "86400";
    }
}
