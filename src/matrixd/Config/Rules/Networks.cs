using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Matrixd.Config;

/// <summary>Reads a network in CIDR form; an address alone is a network of one.</summary>
internal static class Networks
{
    public static bool TryParse(string text, out IPNetwork network, out ConfigRefusal? refusal)
    {
        network = default;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string host = slash < 0 ? text : text[..slash];
        if (!IPAddress.TryParse(host, out IPAddress? address) || (address.AddressFamily == AddressFamily.InterNetwork && host.Count(c => c == '.') != 3))
        {
            refusal = new ConfigRefusal("must be an IP address or a network", "such as \"203.0.113.0/24\" or \"2001:db8::/32\"");
            return false;
        }

        int bits = address.GetAddressBytes().Length * 8;
        int length = bits;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits))
        {
            refusal = new ConfigRefusal($"must end with a prefix length from /0 to /{bits}");
            return false;
        }

        IPAddress begin = Begin(address, length);
        refusal = begin.Equals(address) ? null : new ConfigRefusal($"is an address inside a network", $"write \"{begin}/{length}\" for the network or \"{host}\" for the one address");
        network = new IPNetwork(begin, length);
        return refusal is null;
    }

    /// <summary>The address with all bits beyond the prefix cleared.</summary>
    private static IPAddress Begin(IPAddress address, int length)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = 0; i < bytes.Length; i++)
        {
            int kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - kept));
        }

        return new IPAddress(bytes);
    }
}
