using Matrixd.Calls;
using Microsoft.Extensions.Logging;

namespace Matrixd.Gemini;

/// <summary>Makes the model legs of calls. One for the daemon; any thread.</summary>
internal sealed class GeminiConnector(GeminiEndpoint endpoint, ILogger<GeminiLeg> logger) : IModelConnector
{
    public IModelLeg Open(CallSid callSid, IModelSink sink) => new GeminiLeg(callSid, sink, endpoint, logger);
}
