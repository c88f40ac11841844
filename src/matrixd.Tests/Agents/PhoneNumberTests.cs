using Matrixd.Agents;
using Xunit;

namespace Matrixd.Tests.Agents;

public sealed class PhoneNumberTests
{
    [Theory]
    [InlineData("08040000000")]
    [InlineData("8040000000")]
    [InlineData("+918040000000")]
    [InlineData("918040000000")]
    [InlineData("+91 80-4000 0000")]
    [InlineData(" 080 (4000) 0000 ")]
    [InlineData("00918040000000")]
    [InlineData("+9108040000000")]
    public void An_Indian_number_is_the_same_in_every_spelling(string text) => Assert.Equal("+918040000000", PhoneNumber.Normalise(text));

    [Theory]
    [InlineData("+6531234567", "+6531234567")]
    [InlineData("006531234567", "+6531234567")]
    [InlineData("+18005551234", "+18005551234")]
    [InlineData("+658040000000", "+658040000000")] // not India's, though its last ten digits are
    [InlineData("18001234567", "18001234567")]
    [InlineData("112", "112")]
    [InlineData("", "")]
    [InlineData("SIP:Reception@example.in", "sip:reception@example.in")]
    [InlineData("+91+8040000000", "+91+8040000000")]
    public void Anything_else_is_compared_as_it_is(string text, string normal) => Assert.Equal(normal, PhoneNumber.Normalise(text));

    [Fact]
    public void An_endless_number_is_not_one() => Assert.Equal(new string('7', 5000), PhoneNumber.Normalise(new string('7', 5000)));
}
