namespace Matrixd.Storage;

/// <summary>A turn or tool call: nobody awaits it.</summary>
internal sealed class LogItem<TRow>(TRow row, Action<StoreConnection, TRow> write, int characters) : WriteItem
{
    // Two bytes a character, and the objects around them.
    private const int Overhead = 256;

    public override bool IsLog => true;

    public override int Bytes => Overhead + (2 * characters);

    public override void Run(StoreConnection connection) => write(connection, row);
}
