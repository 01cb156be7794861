namespace Scorch.Kernels;

/// <summary>One matrix product among several: [1, m, k] x [1, k, n] -> [1, m, n].</summary>
internal readonly record struct ProductOperands(Operand Output, Operand Left, Operand Right)
{
    public long Multiplications => (long)Output.Shape[1] * Output.Shape[2] * Left.Shape[2];
}

internal abstract partial class KernelTable
{
    /// <summary>Matrix products of different sizes whose results share no element.</summary>
    public virtual void MatrixProducts(IReadOnlyList<ProductOperands> products)
    {
        foreach (var product in products) MatrixProduct(product.Output, product.Left, product.Right);
    }
}

internal sealed unsafe partial class CpuKernels
{
    /// <summary>From here on one product is work enough for all threads.</summary>
    private const long LargeProduct = 12 << 20;

    /// <summary>Below this all products together stay on their thread.</summary>
    private const long WorthSharing = 3 << 20;

    public override void MatrixProducts(IReadOnlyList<ProductOperands> products)
    {
        var small = new List<ProductOperands>();
        long multiplications = 0;
        foreach (var product in products)
        {
            if (product.Multiplications >= LargeProduct)
            {
                MatrixProduct(product.Output, product.Left, product.Right);
                continue;
            }
            small.Add(product);
            multiplications += product.Multiplications;
        }
        void Each(int i) => MatrixProduct(small[i].Output, small[i].Left, small[i].Right);
        if (multiplications >= WorthSharing) WorkPool.Run(small.Count, Each);
        else for (var i = 0; i < small.Count; i++) Each(i);
    }
}
