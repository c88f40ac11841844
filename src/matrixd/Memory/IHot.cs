namespace Matrixd.Memory;

/// <summary>Something on the way of a frame that knows what else is.</summary>
internal interface IHot
{
    /// <summary>Names what is touched for each message, itself left out.</summary>
    void AddTo(HotSet set);
}
