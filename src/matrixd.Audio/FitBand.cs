namespace Matrixd.Audio;

/// <summary>A band in which a sum of cosines is to follow a constant.</summary>
/// <param name="From">Lower edge [rad per sample].</param>
/// <param name="To">Upper edge [rad per sample].</param>
/// <param name="Desired">The constant.</param>
/// <param name="Weight">Of a deviation at the edge next to <paramref name="Middle"/>, against those in other bands.</param>
/// <param name="Middle">Of the transition band [rad per sample].</param>
/// <param name="Power">By which the weight grows with the distance from <paramref name="Middle"/>; 0: it is the same throughout.</param>
internal readonly record struct FitBand(double From, double To, double Desired, double Weight, double Middle, int Power)
{
    /// <summary>Weight of a deviation at a frequency of the band.</summary>
    public double WeightAt(double frequency)
    {
        double edge = From > Middle ? From : To;
        return Weight * Math.Pow((frequency - Middle) / (edge - Middle), Power);
    }
}
