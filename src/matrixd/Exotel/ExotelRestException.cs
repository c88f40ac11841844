namespace Matrixd.Exotel;

/// <summary>Exotel's REST side gave no answer that can be used.</summary>
/// <param name="message">Host, status and cause; no secret.</param>
/// <param name="status">HTTP status; 0 where no whole answer came.</param>
internal sealed class ExotelRestException(string message, int status, Exception? inner = null) : Exception(message, inner)
{
    public int Status => status;
}
