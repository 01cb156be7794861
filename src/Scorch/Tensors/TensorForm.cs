namespace Scorch;

/// <summary>A tensor without its elements: what its gradient must look like. A derivative that holds this in place of the tensor does not keep the elements in memory.</summary>
internal readonly record struct TensorForm(Shape Shape, DataType DataType, Devices.Device Device);
