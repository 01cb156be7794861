using System.Text.RegularExpressions;
using Scorch.Models.Generation;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.HyperFormers;

/// <summary>A T5 that does several tasks, each from text to text. A batch may mix tasks: every row says which is its own.</summary>
public abstract partial class MultiTaskModel : Module
{
    private readonly List<string> tasks;

    private protected MultiTaskModel(T5Model backbone, IEnumerable<string> tasks)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        ArgumentNullException.ThrowIfNull(tasks);
        Backbone = backbone;
        this.tasks = [];
        foreach (var task in tasks) AddName(task);
        if (this.tasks.Count == 0) throw new ArgumentException($"{GetType().Name}: no task was given; give one at least.", nameof(tasks));
    }

    /// <summary>The T5.</summary>
    public T5Model Backbone { get; }

    /// <summary>Names of the tasks, in the order of their numbers.</summary>
    public IReadOnlyList<string> Tasks => tasks;

    /// <summary>What training changes.</summary>
    public abstract IReadOnlyList<Parameter> TrainableParameters();

    /// <summary>What adapting to a new task from a few examples changes.</summary>
    /// <param name="task">The new task.</param>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public abstract IReadOnlyList<Parameter> FewShotParameters(string task);

    /// <summary>Counts parameters as the paper does.</summary>
    public abstract ParameterReport CountParameters();

    /// <summary>The number of a task.</summary>
    /// <param name="task">Its name.</param>
    /// <exception cref="ArgumentException">There is no such task; the known ones are listed.</exception>
    public int NumberOf(string task)
    {
        ArgumentNullException.ThrowIfNull(task);
        var number = tasks.IndexOf(task);
        return number >= 0 ? number : throw new ArgumentException($"{GetType().Name}: there is no task '{task}'; the known tasks are {string.Join(", ", tasks)}.", nameof(task));
    }

    /// <summary>Logits of targets.</summary>
    /// <param name="batch">Texts and targets, with the number of each row's task.</param>
    /// <returns>[batch, steps, vocabulary].</returns>
    public Tensor Forward(TextBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return Backbone.Forward(batch.Ids, Backbone.ShiftRight(batch.Targets), batch.Mask, context: new() { Conditions = Conditions(batch.Tasks) });
    }

    /// <summary>Mean cross-entropy of target tokens.</summary>
    /// <param name="batch">Texts and targets, with the number of each row's task.</param>
    /// <param name="labelSmoothing">Share of every target that is spread over the vocabulary; the paper's is 0.1.</param>
    public Tensor Loss(TextBatch batch, double labelSmoothing = 0)
    {
        var logits = Forward(batch);
        return Losses.Loss.CrossEntropy(logits.Reshape(-1, Backbone.VocabularySize), batch.Targets.Reshape(-1), ignoreIndex: T5Model.IgnoredTarget, labelSmoothing: labelSmoothing);
    }

    /// <summary>The model for generation, where the prompts have these tasks.</summary>
    /// <param name="tasks">The number of each prompt's task.</param>
    public IAutoregressiveModel ForTasks(IReadOnlyList<int> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        return Backbone.With(Conditions(Tensor.From(tasks.Select(task => (long)task).ToArray())));
    }

    /// <summary>What tells the backbone each row's task. A block that runs again in the backward pass cannot share what was generated with other blocks: it generates its own.</summary>
    private Dictionary<string, Tensor> Conditions(Tensor tasks) =>
        IsTraining && Backbone.Config.GradientCheckpointing ? new Dictionary<string, Tensor> { [AdapterSite.TaskCondition] = tasks } : new TaskPass(tasks);

    private protected int AddName(string task)
    {
        if (string.IsNullOrEmpty(task) || !TaskName().IsMatch(task))
            throw new ArgumentException($"{GetType().Name}: '{task}' is no name of a task; use letters, digits, '-' and '_'.", nameof(task));
        if (tasks.Contains(task)) throw new ArgumentException($"{GetType().Name}: two tasks are named '{task}'; give each a name of its own.", nameof(task));
        tasks.Add(task);
        return tasks.Count - 1;
    }

    /// <summary>The normalisations of a T5 with their names: two or three of each block and the last of each stack.</summary>
    internal static IEnumerable<(string Name, Parameter Weight)> Norms(T5Model backbone) =>
        backbone.NamedModules().Where(entry => entry.Module is RmsNorm).Select(entry => (entry.Prefix + "weight", ((RmsNorm)entry.Module).Weight));

    [GeneratedRegex("^[A-Za-z0-9_-]+$")]
    private static partial Regex TaskName();
}
