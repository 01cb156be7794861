namespace Scorch;

/// <summary>x</summary>
public static class Tmp
{
}
