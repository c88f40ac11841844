using Xunit;

namespace Matrixd.Tests.Support;

/// <summary>A test of the native binary: run where <c>MATRIXD_BINARY</c> names it, as the test command does.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NativeFactAttribute : FactAttribute
{
    public NativeFactAttribute()
    {
        if (EndToEndNative.Binary.Length == 0)
        {
            Skip = "MATRIXD_BINARY is not set: ./build.sh test builds the native binary and sets it";
        }
    }
}
