using System.Text;

namespace Gateway.Http;

/// <summary>Reads a body of a known type and bounded length.</summary>
internal static class SmallBody
{
    /// <returns>The text, or the answer to who sent something else.</returns>
    public static async Task<(string? Text, IResult? Problem)> ReadAsync(HttpRequest request, string contentType, int maxLength)
    {
        if (!IsType(request.ContentType, contentType))
        {
            request.HttpContext.Response.Headers["Accept-Post"] = contentType;
            return (null, Problems.WrongContentType.Because($"\"{request.ContentType}\" came; send {contentType}."));
        }

        if (request.ContentLength > maxLength) return (null, TooLarge(maxLength));
        byte[] buffer = new byte[maxLength + 1];
        int length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        return length > maxLength ? (null, TooLarge(maxLength)) : (Encoding.UTF8.GetString(buffer, 0, length), null);
    }

    private static bool IsType(string? came, string wanted) =>
        came is not null && came.Split(';', 2)[0].Trim().Equals(wanted, StringComparison.OrdinalIgnoreCase);

    private static IResult TooLarge(int maxLength) => Problems.BodyTooLarge.Because($"At most {maxLength} bytes are read here.");
}
