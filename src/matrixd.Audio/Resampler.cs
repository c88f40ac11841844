using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Matrixd.Audio;

/// <summary>Converts mono PCM between two fixed sample rates with a polyphase FIR filter.</summary>
/// <remarks>
/// One instance serves one direction of one call: it carries the filter's past from block to block, about 1 KiB. The taps are shared.
/// Threads: not thread-safe, but not bound to a thread. Memory: only the constructor allocates; working memory is on the stack, below 8 KiB.
/// Any cut of a stream into blocks gives the same output, bit by bit. An output sample comes out as soon as the input it is centred on
/// is <see cref="GroupDelay"/> past; nothing is held back beyond that.
/// Between equal rates it copies.
/// Source: J. O. Smith, "Digital Audio Resampling", https://ccrma.stanford.edu/~jos/resample/.
/// </remarks>
public sealed unsafe class Resampler
{
    private const int Alignment = 64; // [bytes] a cache line
    private const int MaxStreams = 3; // the rates of all designs are 1, 2, 3 or 6 times 8 kHz

    private readonly ResamplerTable? _table; // null: equal rates
    private readonly int _interpolation = 1; // L: outputs in a group
    private readonly int _decimation = 1; // M: inputs in a group
    private readonly float[] _past = []; // [input stream][group]: the history, then the group that has begun
    private int _begun; // inputs of the group that has begun: 0 to M - 1
    private int _given; // outputs of that group that are out: 0 to L

    internal Resampler(ResamplerTable table)
    {
        _table = table;
        InputRate = table.Spec.InputRate;
        OutputRate = table.Spec.OutputRate;
        _interpolation = table.Spec.Interpolation;
        _decimation = table.Spec.Decimation;
        _past = new float[_decimation * (table.Window.History + 1)];
    }

    private Resampler(int rate)
    {
        InputRate = rate;
        OutputRate = rate;
    }

    /// <summary>Rate of what <c>Process</c> takes [Hz].</summary>
    public int InputRate { get; }

    /// <summary>Rate of what <c>Process</c> gives [Hz].</summary>
    public int OutputRate { get; }

    /// <summary>How much later a sample comes out than it went in: the same for every frequency and block size.</summary>
    public TimeSpan GroupDelay => new((long)Math.Round(Delay * TimeSpan.TicksPerSecond / ((double)InputRate * _interpolation)));

    /// <summary><see cref="GroupDelay"/> in output samples, rounded up.</summary>
    public int GroupDelaySamples => CeilingDiv(Delay, _decimation);

    /// <summary>What each block touches beside the object itself: for whoever fetches memory ahead of its use.</summary>
    public object WorkingMemory => _past;

    /// <summary>How many samples the next <see cref="Flush"/> will write.</summary>
    public int FlushLength => OutputLength(FlushInput);

    // Half the prototype, in samples of the least common multiple of both rates.
    private int Delay => _table is null ? 0 : (_table.Taps - 1) / 2;

    // As many as it takes to the first output at or behind the middle of the last input's response.
    private int FlushInput
    {
        get
        {
            int inputs = _begun + _decimation; // counted from a group's start at least one input ago
            int middle = ((inputs - 1) * _interpolation) + Delay;
            int lastOutput = CeilingDiv(middle, _decimation) * _decimation;
            return (lastOutput / _interpolation) - inputs + 1;
        }
    }

    /// <summary>Makes a resampler at the start of a stream: the past is silence.</summary>
    /// <param name="inputRate">[Hz]</param>
    /// <param name="outputRate">[Hz]</param>
    /// <param name="quality">Of no meaning between equal rates.</param>
    /// <exception cref="ArgumentException">There is no design for this pair of rates and quality; see <see cref="ResamplerSpecs"/>.</exception>
    public static Resampler Create(int inputRate, int outputRate, ResamplerQuality quality = ResamplerQuality.Default) =>
        inputRate == outputRate && inputRate > 0
            ? new Resampler(inputRate)
            : new Resampler(ResamplerTable.Get(ResamplerSpecs.IndexOf(inputRate, outputRate, quality)));

    /// <summary>How many samples the next <c>Process</c> will write for so many samples: exact.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="inputSamples"/> is negative.</exception>
    /// <exception cref="OverflowException">The number does not fit in an <see cref="int"/>.</exception>
    public int OutputLength(int inputSamples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inputSamples);
        return checked((int)(Outputs((uint)_begun + (uint)inputSamples) - _given));
    }

    /// <summary>The most that any <c>Process</c> writes for so many samples, wherever the stream stands.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="inputSamples"/> is negative.</exception>
    /// <exception cref="OverflowException">The number does not fit in an <see cref="int"/>.</exception>
    public int MaxOutputLength(int inputSamples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(inputSamples);
        return checked((int)Outputs((uint)inputSamples));
    }

    /// <summary>Converts the next samples of the stream.</summary>
    /// <param name="input">16-bit mono samples at <see cref="InputRate"/>. Any number, also 0.</param>
    /// <param name="output">
    /// Receives samples at <see cref="OutputRate"/>, rounded to nearest and saturated. At least <see cref="OutputLength"/> long;
    /// must not overlap <paramref name="input"/>.
    /// </param>
    /// <returns>The number of samples written: <see cref="OutputLength"/> of the input.</returns>
    /// <exception cref="ArgumentException"><paramref name="output"/> is too short. The stream has not moved.</exception>
    public int Process(ReadOnlySpan<short> input, Span<short> output) => Process<short, PcmFormat, short, PcmFormat>(input, output);

    /// <summary>Converts the next samples of the stream. May take turns with the 16-bit variant on one stream.</summary>
    /// <param name="input">Mono samples at <see cref="InputRate"/>, full scale is [-1, 1). Any number, also 0. A value that is not a number spoils the outputs it reaches, no others.</param>
    /// <param name="output">
    /// Receives samples at <see cref="OutputRate"/>, neither rounded nor saturated. At least <see cref="OutputLength"/> long;
    /// must not overlap <paramref name="input"/>.
    /// </param>
    /// <returns>The number of samples written: <see cref="OutputLength"/> of the input.</returns>
    /// <exception cref="ArgumentException"><paramref name="output"/> is too short. The stream has not moved.</exception>
    public int Process(ReadOnlySpan<float> input, Span<float> output) => Process<float, FloatFormat, float, FloatFormat>(input, output);

    /// <summary>Converts the next samples of the stream, from 16-bit to floating-point ones, which are neither rounded nor saturated.</summary>
    /// <inheritdoc cref="Process(ReadOnlySpan{float}, Span{float})"/>
    public int Process(ReadOnlySpan<short> input, Span<float> output) => Process<short, PcmFormat, float, FloatFormat>(input, output);

    /// <summary>Converts the next samples of the stream, from floating-point to 16-bit ones, rounded to nearest and saturated. What is no number becomes 0.</summary>
    /// <inheritdoc cref="Process(ReadOnlySpan{short}, Span{short})"/>
    public int Process(ReadOnlySpan<float> input, Span<short> output) => Process<float, FloatFormat, short, PcmFormat>(input, output);

    /// <summary>Feeds the group delay's worth of silence, so that the last sample comes out.</summary>
    /// <param name="output">At least <see cref="FlushLength"/> long.</param>
    /// <returns>The number of samples written.</returns>
    /// <remarks>The stream goes on after that silence. Call <see cref="Reset"/> before a stream that has nothing to do with it.</remarks>
    /// <exception cref="ArgumentException"><paramref name="output"/> is too short. The stream has not moved.</exception>
    public int Flush(Span<short> output)
    {
        Span<short> silence = stackalloc short[FlushInput];
        silence.Clear();
        return Process(silence, output);
    }

    /// <summary>Forgets the stream: the next sample is the first, the past is silence.</summary>
    public void Reset()
    {
        Array.Clear(_past);
        _begun = 0;
        _given = 0;
    }

    private int Process<TIn, TInFormat, TOut, TOutFormat>(ReadOnlySpan<TIn> input, Span<TOut> output)
        where TIn : unmanaged
        where TInFormat : struct, ISampleFormat<TIn>
        where TOut : unmanaged
        where TOutFormat : struct, ISampleFormat<TOut>
    {
        int length = OutputLength(input.Length);
        if (output.Length < length)
        {
            throw new ArgumentException(
                $"{input.Length} samples become {length}; the output has room for {output.Length}. Ask OutputLength or MaxOutputLength first.",
                nameof(output));
        }

        if (_table is null)
        {
            Pcm.Convert(input, output);
            return length;
        }

        int written = 0;
        while (!input.IsEmpty)
        {
            int block = Math.Min(input.Length, (ResamplerTable.MaxGroups * _decimation) - _begun);
            written += ProcessBlock<TIn, TInFormat, TOut, TOutFormat>(_table, input[..block], output[written..]);
            input = input[block..];
        }

        return written;
    }

    [SkipLocalsInit]
    private int ProcessBlock<TIn, TInFormat, TOut, TOutFormat>(ResamplerTable table, ReadOnlySpan<TIn> input, Span<TOut> output)
        where TIn : unmanaged
        where TInFormat : struct, ISampleFormat<TIn>
        where TOut : unmanaged
        where TOutFormat : struct, ISampleFormat<TOut>
    {
        WindowLayout layout = table.Window;
        int size = layout.TotalSize;
        float* memory = stackalloc float[size + (_interpolation * ResamplerTable.MaxGroups) + WindowLayout.CacheLine];
        float* window = (float*)(((nuint)memory + Alignment - 1) & ~(nuint)(Alignment - 1));
        float* outputs = window + size;

        int end = _begun + input.Length; // inputs since the start of the group that has begun
        int groups = (int)Divide((uint)end, _decimation); // complete ones
        RestorePast(window, layout);
        TInFormat.Split(input, _begun, window + layout.History, layout.Stride, _decimation);
        SilenceFuture(window, layout, groups, end);
        MakeSecondCopy(window, layout);
        float** streams = stackalloc float*[MaxStreams];
        for (int i = 0; i < _interpolation; i++)
        {
            streams[i] = outputs + (i * ResamplerTable.MaxGroups);
            FirKernel.Run(table.Programs[i], window, ref streams[i], end == groups * _decimation ? groups : groups + 1);
            if (typeof(TIn) == typeof(float) && typeof(TOut) == typeof(short))
            {
                streams[i] = KeepNumbers(streams[i], outputs + (i * ResamplerTable.MaxGroups));
            }

            streams[i] += _given == _interpolation ? 1 : 0; // the begun group may have given all its outputs
        }

        int written = (int)Outputs((uint)end) - _given;
        TOutFormat.Merge(streams, _interpolation, _given == _interpolation ? 0 : _given, output[..written]);
        SavePast(window, layout, groups);
        _begun = end - (groups * _decimation);
        _given = (int)Outputs((uint)_begun);
        return written;
    }

    // Not in place: where a program copies, its stream is the window, and the past stays what it is.
    private static float* KeepNumbers(float* stream, float* to)
    {
        for (int g = 0; g < ResamplerTable.MaxGroups; g += Vector256<float>.Count)
        {
            FloatFormat.NumbersOf(Vector256.Load(stream + g)).Store(to + g);
        }

        return to;
    }

    private void RestorePast(float* window, WindowLayout layout)
    {
        int length = layout.History + 1;
        for (int r = 0; r < _decimation; r++)
        {
            _past.AsSpan(r * length, length).CopyTo(new Span<float>(window + (r * layout.Stride), length));
        }
    }

    // The kernel computes whole passes: what lies behind the input is read, and must be finite, but reaches no output that is kept.
    private void SilenceFuture(float* window, WindowLayout layout, int groups, int end)
    {
        if (groups == ResamplerTable.MaxGroups)
        {
            return;
        }

        for (int r = 0; r < _decimation; r++)
        {
            int filled = (groups * _decimation) + r < end ? groups + 1 : groups;
            new Span<float>(window + (r * layout.Stride) + layout.History + filled, ResamplerTable.MaxGroups - filled).Clear();
        }
    }

    private static void MakeSecondCopy(float* window, WindowLayout layout)
    {
        if (layout.SecondCopy > 0)
        {
            new ReadOnlySpan<float>(window, layout.Size).CopyTo(new Span<float>(window + layout.SecondCopy, layout.Size));
        }
    }

    private void SavePast(float* window, WindowLayout layout, int groups)
    {
        // At the very end of the window there is no group that has begun; its place in the past is then never read.
        int length = layout.History + 1;
        int valid = Math.Min(length, layout.Stride - groups);
        for (int r = 0; r < _decimation; r++)
        {
            new ReadOnlySpan<float>(window + (r * layout.Stride) + groups, valid).CopyTo(_past.AsSpan(r * length));
        }
    }

    // Output t is centred on input t M / L, and comes when that has come.
    private long Outputs(long inputs) => (long)Divide((ulong)((inputs * _interpolation) + _decimation - 1), _decimation);

    // Division by a constant is a multiplication; by a variable it would cost, a few times in each block, as much as twenty taps.
    private static ulong Divide(ulong number, int by) => by switch
    {
        1 => number,
        2 => number / 2,
        3 => number / 3,
        _ => number / (ulong)by,
    };

    private static int CeilingDiv(int a, int b) => (a + b - 1) / b;
}
