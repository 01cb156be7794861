namespace Scorch.Text.Tests;

public class PipelineTests
{
    private static readonly SpanCorruptionConfig T5 = new() { Sentinels = [.. Enumerable.Range(32000, 100).Reverse()] };

    [Fact]
    public void Packing_keeps_every_token_in_order()
    {
        int[][] documents = [[1, 2, 3], [], [4], [5, 6, 7, 8, 9]];
        var windows = TokenStream.Pack(documents, new PackingConfig { Length = 4, EndOfDocument = 0, PaddingToken = -1 }).ToList();
        Assert.Equal([[1, 2, 3, 0], [0, 4, 0, 5], [6, 7, 8, 9], [0, -1, -1, -1]], windows.Select(window => window.Ids));
        Assert.Equal([[1, 1, 1, 1], [1, 2, 2, 3], [1, 1, 1, 1], [1, 0, 0, 0]], windows.Select(window => window.Documents));
        Assert.Equal([4, 4, 4, 1], windows.Select(window => window.Count));
    }

    [Fact]
    public void Packing_may_respect_documents_and_drop_what_is_not_full()
    {
        int[][] documents = [[1, 2, 3], [4, 5]];
        var config = new PackingConfig { Length = 2, Boundaries = DocumentBoundaries.Respect };
        Assert.Equal([[1, 2], [3, 0], [4, 5]], TokenStream.Pack(documents, config).Select(window => window.Ids));
        Assert.Equal([[1, 2], [4, 5]], TokenStream.Pack(documents, config with { DropIncomplete = true }).Select(window => window.Ids));
        Assert.Equal([[1, 2], [3, 4]], TokenStream.Pack(documents, config with { Boundaries = DocumentBoundaries.Cross, DropIncomplete = true }).Select(window => window.Ids));
    }

    [Fact]
    public void Shuffling_loses_nothing_and_follows_the_seed()
    {
        var shuffled = TokenStream.Shuffle(Enumerable.Range(0, 100), 20, new RandomSource(1)).ToList();
        Assert.Equal(Enumerable.Range(0, 100), shuffled.Order());
        Assert.NotEqual(Enumerable.Range(0, 100), shuffled);
        Assert.Equal(shuffled, TokenStream.Shuffle(Enumerable.Range(0, 100), 20, new RandomSource(1)));
    }

    [Fact]
    public void Batches_are_int64_tensors_with_a_mask()
    {
        var windows = TokenStream.Pack([[1, 2, 3, 4, 5]], new PackingConfig { Length = 2, PaddingToken = 9 });
        var batches = TokenBatch.Batches(windows, 2).ToList();
        Assert.Equal([1, 2, 3, 4], batches[0].Ids.ToArray<long>());
        Assert.Equal([5, 9], batches[1].Ids.ToArray<long>());
        Assert.Equal([true, false], batches[1].Mask.ToArray<bool>());
        Assert.Equal([1, 0], batches[1].Documents.ToArray<long>());
        Assert.Equal([2, 2], batches[0].Ids.Shape);
        Assert.Equal([1, 2, 3, -100], TokenBatch.Matrix([[1, 2], [3]], -100).ToArray<long>());
    }

    [Fact]
    public void Masking_chooses_the_rounded_share_and_labels_only_what_it_chose()
    {
        var config = new MaskingConfig { MaskToken = 4, VocabularySize = 1000, Untouched = new HashSet<int> { 0, 1 } };
        int[] ids = [0, .. Enumerable.Range(100, 100), 1];
        var masked = TokenMasking.Mask(ids, config, new RandomSource(5));
        Assert.Equal(15, masked.Labels.Count(label => label != TokenMasking.Ignored));
        for (var i = 0; i < ids.Length; i++)
        {
            if (masked.Labels[i] == TokenMasking.Ignored) Assert.Equal(ids[i], masked.Inputs[i]);
            else Assert.Equal(ids[i], masked.Labels[i]);
        }
        Assert.Equal(masked.Inputs, TokenMasking.Mask(ids, config, new RandomSource(5)).Inputs);
        Assert.Equal(ids, masked.Inputs.Zip(masked.Labels, (input, label) => label == TokenMasking.Ignored ? input : label));
    }

    [Fact]
    public void Masking_replaces_eight_in_ten_by_the_mask_and_one_by_a_random_token()
    {
        var ids = Enumerable.Repeat(7, 200_000).ToArray();
        var masked = TokenMasking.Mask(ids, new MaskingConfig { MaskToken = 4, VocabularySize = 30_000 }, new RandomSource(2));
        var chosen = masked.Labels.Select((label, place) => (label, place)).Where(pair => pair.label == 7).Select(pair => masked.Inputs[pair.place]).ToList();
        Assert.Equal(30_000, chosen.Count);
        // Five standard deviations of a binomial share over 30,000 draws: 5 sqrt(p (1 - p) / 30,000).
        Assert.InRange(chosen.Count(id => id == 4) / 30_000.0, 0.8 - 0.0116, 0.8 + 0.0116);
        Assert.InRange(chosen.Count(id => id == 7) / 30_000.0, 0.1 - 0.0087, 0.1 + 0.0087);
        Assert.InRange(chosen.Where(id => id is not (4 or 7)).Average(), 14_000, 16_000);
    }

    [Fact]
    public void Masking_nothing_leaves_the_text_alone()
    {
        var config = new MaskingConfig { MaskToken = 0, VocabularySize = 2, Untouched = new HashSet<int> { 1 } };
        Assert.Equal([1, 1], TokenMasking.Mask([1, 1], config, new RandomSource(1)).Inputs);
        Assert.Empty(TokenMasking.Mask([], config, new RandomSource(1)).Inputs);
        Assert.Contains("MaskToken", Assert.Throws<ArgumentException>(() => TokenMasking.Mask([1], config with { MaskToken = 2 }, new RandomSource(1))).Message);
        Assert.Contains("Rate", Assert.Throws<ArgumentException>(() => TokenMasking.Mask([1], config with { Rate = double.NaN }, new RandomSource(1))).Message);
    }

    [Fact]
    public void Noise_has_T5s_number_of_tokens_and_spans()
    {
        foreach (var row in Oracle.Json("span_corruption.json").GetProperty("counts").Rows())
        {
            var config = T5 with { NoiseDensity = row[1].GetDouble(), MeanSpanLength = row[2].GetDouble() };
            var length = row[0].GetInt32();
            Assert.Equal((row[3].GetInt32(), row[4].GetInt32()), SpanCorruption.NoiseCounts(length, config));
            var mask = SpanCorruption.NoiseMask(length, config, new RandomSource(length));
            Assert.Equal(length, mask.Length);
            Assert.Equal(row[3].GetInt32(), mask.Count(noise => noise));
            Assert.Equal(row[4].GetInt32(), Enumerable.Range(0, length).Count(i => mask[i] && (i == 0 || !mask[i - 1])));
            Assert.False(mask[0]);
            Assert.True(mask[^1]);
        }
    }

    [Fact]
    public void Inputs_and_targets_are_T5s()
    {
        foreach (var example in Oracle.Json("span_corruption.json").GetProperty("examples").Rows())
        {
            var corrupted = SpanCorruption.Apply(example.GetProperty("tokens").Integers(), [.. example.GetProperty("mask").Rows().Select(noise => noise.GetBoolean())], T5);
            Assert.Equal(example.GetProperty("inputs").Integers(), corrupted.Inputs);
            Assert.Equal(example.GetProperty("targets").Integers(), corrupted.Targets);
        }
    }

    [Fact]
    public void All_segmentations_are_equally_likely()
    {
        // 7 items in 3 segments: C(6, 2) = 15 ways, 15,000 draws; the 99.99% point of chi-square with 14 degrees of freedom is 42.6.
        var random = new RandomSource(8);
        var counts = Enumerable.Range(0, 15_000).Select(_ => string.Join(' ', SpanCorruption.RandomSegmentation(7, 3, random))).CountBy(lengths => lengths).ToList();
        Assert.Equal(15, counts.Count);
        Assert.True(counts.Sum(pair => Math.Pow(pair.Value - 1000, 2) / 1000) < 42.6);
        Assert.All(counts, pair => Assert.Equal(7, pair.Key.Split(' ').Sum(int.Parse)));
    }

    [Fact]
    public void Corrupted_text_holds_every_token_once()
    {
        var ids = Enumerable.Range(0, 512).ToArray();
        var corrupted = SpanCorruption.Corrupt(ids, T5 with { EndToken = 40_000 }, new RandomSource(4));
        Assert.Equal(ids, corrupted.Inputs.Concat(corrupted.Targets).Where(id => id < 512).Order());
        Assert.Equal(26, corrupted.Inputs.Count(id => id is >= 32_000 and < 40_000));
        Assert.Equal(40_000, corrupted.Targets[^1]);
        Assert.Equal(corrupted.Inputs, SpanCorruption.Corrupt(ids, T5 with { EndToken = 40_000 }, new RandomSource(4)).Inputs);
        Assert.Contains("Sentinels: 3", Assert.Throws<ArgumentException>(() => SpanCorruption.Corrupt(ids, T5 with { Sentinels = [1, 2, 3] }, new RandomSource(4))).Message);
    }

    [Fact]
    public void Short_texts_are_corrupted_as_T5_does()
    {
        Assert.Empty(SpanCorruption.NoiseMask(0, T5, new RandomSource(1)));
        Assert.Equal([false], SpanCorruption.NoiseMask(1, T5, new RandomSource(1)));
        Assert.Equal([false, true], SpanCorruption.NoiseMask(2, T5, new RandomSource(1)));
    }
}
