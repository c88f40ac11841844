using System.Text.Json;

namespace Matrixd.Diagnostics;

/// <summary>The shape of one side's messages: which fields there are, how they are spelled, of what type and from which closed sets; and in which order kinds of messages first come.</summary>
/// <remarks>Values and audio do not count. A field's place is its path in lower case without underscores, so that the same field is found under either spelling.</remarks>
internal sealed class FrameShape
{
    // Deeper in the same field there is somebody's data: arguments, answers, schemas.
    private static readonly string[] s_opaque = ["args", "response", "parameters", "parametersjsonschema", "customparameters"];

    private const int LongestWord = 64;

    private readonly Dictionary<string, FrameField> _fields = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _orders = [];

    /// <summary>By place.</summary>
    public IReadOnlyDictionary<string, FrameField> Fields => _fields;

    /// <summary>Of each connection: its kinds of messages, each where it came first.</summary>
    public IEnumerable<IReadOnlyList<string>> Orders => _orders.Values.Where(order => order.Count > 0);

    public static FrameShape Of(IEnumerable<FrameSample> samples)
    {
        FrameShape shape = new();
        foreach (FrameSample sample in samples)
        {
            shape.Add(sample);
        }

        return shape;
    }

    public static string Place(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    private void Add(FrameSample sample)
    {
        if (sample.Json.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (!_orders.TryGetValue(sample.Connection, out List<string>? order))
        {
            _orders[sample.Connection] = order = [];
        }

        foreach (JsonProperty kind in sample.Json.EnumerateObject())
        {
            string place = Place(kind.Name);
            if (!order.Contains(place))
            {
                order.Add(place);
            }

            Add(kind, "", "").Ops.Add(sample.Op);
        }
    }

    private FrameField Add(JsonProperty property, string parent, string path)
    {
        string place = $"{parent}.{Place(property.Name)}";
        FrameField field = Field(place, $"{path}.{property.Name}");
        field.Spellings.Add(property.Name);
        Add(property.Value, property.Name, place, field);
        return field;
    }

    private void Add(JsonElement value, string name, string place, FrameField field)
    {
        bool isElided = value.ValueKind == JsonValueKind.Object && value.TryGetProperty(TapeText.AudioBytes, out _);
        field.Types.Add(isElided ? "string" : TypeOf(value));
        if (value.ValueKind == JsonValueKind.String)
        {
            if (IsClosed(name, value.GetString()!))
            {
                field.Values.Add(value.GetString()!);
            }
        }
        else if (isElided || s_opaque.Contains(Place(name)))
        {
            return;
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in value.EnumerateObject())
            {
                Add(property, place, field.Path);
            }
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            FrameField items = Field(place + "[]", field.Path + "[]");
            foreach (JsonElement item in value.EnumerateArray())
            {
                Add(item, name, place + "[]", items);
            }
        }
    }

    private FrameField Field(string place, string path)
    {
        if (!_fields.TryGetValue(place, out FrameField? field))
        {
            _fields[place] = field = new FrameField(path);
        }

        return field;
    }

    // Words of the protocol: constants in capitals, events, kinds of media. Base64 can look like one.
    private static bool IsClosed(string name, string value) =>
        Place(name) is "event" or "mimetype" || (Place(name) is not ("data" or "payload") && value.Length is > 2 and <= LongestWord && char.IsAsciiLetterUpper(value[0]) && value.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_'));

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => value.ValueKind.ToString().ToLowerInvariant(),
    };
}
