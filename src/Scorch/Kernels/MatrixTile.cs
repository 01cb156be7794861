namespace Scorch.Kernels;

/// <summary>One tile of a product: c = a b, plus an addend and a bias where there are any, for as many rows as the tile is high and two vectors of columns.</summary>
internal unsafe struct Tile<T>
    where T : unmanaged
{
    /// <summary>Element (0, 0) of the left factor.</summary>
    public T* A;

    /// <summary>Distance between rows of the left factor; 1 unless <see cref="ITileMode.LeftByRow"/>.</summary>
    public long ARow;

    /// <summary>Distance between columns of the left factor.</summary>
    public long ADepth;

    /// <summary>Element (0, 0) of the right factor, whose columns lie side by side.</summary>
    public T* B;

    /// <summary>Distance between rows of the right factor, unless they lie at <see cref="Offsets"/>.</summary>
    public long BDepth;

    /// <summary>Where step k of the depth starts: rows of the right factor with <see cref="ITileMode.RightByOffset"/>, columns of the left with <see cref="ITileMode.LeftByOffset"/>.</summary>
    public int* Offsets;

    /// <summary>Where row i of the left factor starts, with <see cref="ITileMode.LeftByOffset"/>.</summary>
    public int* LeftOffsets;

    public T* C;

    public long CRow;

    /// <summary>Distance of the second vector of columns from the first in the right factor: a vector's length where columns lie side by side.</summary>
    public long BSecond;

    /// <summary>The same in C.</summary>
    public long CSecond;

    /// <summary>What the product is added to, laid out as C but with its own distance of rows; null for nothing.</summary>
    public T* Addend;

    public long AddendRow;

    /// <summary>What is added to every column of a row: one number a row, or null for nothing.</summary>
    public T* Bias;

    public int Depth;
}

/// <summary>How a tile finds its factors; the compiler folds it away.</summary>
internal interface ITileMode
{
    /// <summary>The rows of the left factor lie apart, instead of side by side.</summary>
    static abstract bool LeftByRow { get; }

    /// <summary>The rows and the columns of the left factor lie at tables of offsets.</summary>
    static abstract bool LeftByOffset { get; }

    /// <summary>The rows of the right factor lie at a table of offsets, instead of one distance.</summary>
    static abstract bool RightByOffset { get; }
}

/// <summary>The left factor packed by columns of a tile (or stored by columns).</summary>
internal readonly struct PackedLeft : ITileMode
{
    public static bool LeftByRow => false;

    public static bool LeftByOffset => false;

    public static bool RightByOffset => false;
}

/// <summary>The left factor read in place, stored by rows.</summary>
internal readonly struct LeftInPlace : ITileMode
{
    public static bool LeftByRow => true;

    public static bool LeftByOffset => false;

    public static bool RightByOffset => false;
}

/// <summary>The right factor's rows at offsets: windows of an image.</summary>
internal readonly struct RightAtOffsets : ITileMode
{
    public static bool LeftByRow => false;

    public static bool LeftByOffset => false;

    public static bool RightByOffset => true;
}

/// <summary>The left factor's elements at a sum of two offsets: windows of an image.</summary>
internal readonly struct LeftAtOffsets : ITileMode
{
    public static bool LeftByRow => false;

    public static bool LeftByOffset => true;

    public static bool RightByOffset => false;
}
