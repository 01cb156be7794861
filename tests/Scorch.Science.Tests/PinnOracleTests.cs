using Scorch.Autograd;
using Scorch.Science.PinnPoisson;
using Scorch.Testing;

namespace Scorch.Science.Tests;

public class PinnOracleTests
{
    // Third derivatives enter the gradients: the reference allows 1e-9 relative.
    private const double Tolerance = 1e-9;

    public static TheoryData<string> Networks => ["pinn_tanh.npz", "pinn_laaf_sigmoid.npz"];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Value_and_derivatives_equal_the_reference(string file)
    {
        var (oracle, network, config) = Open(file);
        var pinn = new Pinn(network, config, new TrainingRecord([0], 0, 0, TrainingEnd.Planned, []));
        var derivatives = pinn.Derivatives(oracle.Matrix("x_interior"));
        Oracle.Close(oracle.Vector("u"), derivatives.U, Tolerance);
        Oracle.Close(oracle.Matrix("grad_u"), derivatives.Gradient, Tolerance);
        Oracle.Close(oracle.Vector("u_xx"), derivatives.Uxx, Tolerance);
        Oracle.Close(oracle.Vector("u_yy"), derivatives.Uyy, Tolerance);
        Oracle.Close(oracle.Vector("u_boundary"), pinn.Evaluate(oracle.Matrix("x_boundary")), Tolerance);
        var residual = derivatives.Uxx.Zip(derivatives.Uyy, oracle.Vector("f")).Select(terms => terms.First + terms.Second - terms.Third);
        Oracle.Close(oracle.Vector("residual"), [.. residual], Tolerance);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Loss_and_gradients_equal_the_reference(string file)
    {
        var (oracle, network, config) = Open(file);
        var loss = new PinnLoss(Equation, config, oracle.Matrix("x_interior"), Boundary(oracle)).Of(network);
        Assert.Equal(oracle.Scalar("loss"), loss.Item(), Tolerance * oracle.Scalar("loss"));
        loss.Backward();
        foreach (var (name, parameter) in PinnNetworkNames.Of(network))
        {
            Oracle.Close(oracle.Vector("grad." + name), parameter.Gradient!.ToArray<double>(), Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Five_steps_of_Adam_equal_the_reference(string file)
    {
        var (oracle, network, config) = Open(file);
        var trainer = new PinnTrainer(network, config with { Adam = (1e-3, 5), Lbfgs = new LbfgsPlan(0) }, Equation, oracle.Matrix("x_interior"), Boundary(oracle));
        var record = trainer.Run((step, _) =>
        {
            Compare(step.Step);
            return false;
        });
        Compare(5);
        Oracle.Close(oracle.Vector("traj.loss"), [.. record.Losses.Take(5)], Tolerance);

        void Compare(int step)
        {
            foreach (var (name, parameter) in PinnNetworkNames.Of(network))
            {
                if (step is 1 or 2 or 5)
                {
                    Oracle.Close(oracle.Vector($"traj.step{step}.{name}"), parameter.ToArray<double>(), Tolerance);
                }
            }
        }
    }

    [Fact]
    public void Lbfgs_reaches_the_minimum_of_the_reference_from_the_same_start()
    {
        var oracle = new Oracle("pinn-poisson", "pinn_tanh.npz");
        var reference = new Oracle("pinn-poisson", "lbfgs.npz");
        var config = new PinnConfig { Hidden = [4], Adam = (1e-3, 0), Lbfgs = new LbfgsPlan(1_200, GradientTolerance: 1e-10) };
        var network = new PinnNetwork(config, seed: 0);
        Load(network, reference);
        var record = new PinnTrainer(network, config, Equation, oracle.Matrix("x_interior"), Boundary(oracle)).Run();
        Assert.Equal(reference.Scalar("start"), record.Losses[0], Tolerance * reference.Scalar("start"));
        Assert.Equal(reference.Scalar("minimum"), record.FinalLoss, 0.01 * reference.Scalar("minimum"));
    }

    private static PinnEquation Equation { get; } = PinnEquation.Of(new PoissonProblem(UnitSquare.Dirichlet(0), PoissonSources.Smooth));

    // The normals of a Dirichlet boundary are not used.
    private static double[,] Boundary(Oracle oracle)
    {
        var points = oracle.Matrix("x_boundary");
        var boundary = new double[points.GetLength(0), 4];
        for (var i = 0; i < points.GetLength(0); i++)
        {
            (boundary[i, 0], boundary[i, 1]) = (points[i, 0], points[i, 1]);
        }

        return boundary;
    }

    private static (Oracle Oracle, PinnNetwork Network, PinnConfig Config) Open(string file)
    {
        var oracle = new Oracle("pinn-poisson", file);
        var isAdaptive = oracle.Names.Contains("param.a.0");
        var config = new PinnConfig
        {
            Hidden = [oracle.Shape("param.weight.0")[0], oracle.Shape("param.weight.1")[0]],
            Activation = isAdaptive ? Activation.LaafSigmoid(SlopeScale(oracle)) : Activation.Tanh,
        };
        var network = new PinnNetwork(config, seed: 0);
        Load(network, oracle);
        return (oracle, network, config);
    }

    private static void Load(PinnNetwork network, Oracle oracle)
    {
        using (GradientMode.Disable())
        {
            foreach (var (name, parameter) in PinnNetworkNames.Of(network))
            {
                parameter.CopyFrom(Tensor.From(oracle.Vector("param." + name), parameter.Shape));
            }
        }
    }

    // The reference's slopes start near 1/n with n = 5 or 10.
    private static double SlopeScale(Oracle oracle) => Math.Round(1 / oracle.Scalar("param.a.0"));
}
