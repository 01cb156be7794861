using System.Net;
using Scorch.Gallery.Components;
using Scorch.Gallery.Site;
using Scorch.Reproductions;
using Scorch.Training;

namespace Scorch.Gallery.Tests;

public sealed class EvidenceTests : IDisposable
{
    private static readonly EvidenceRecord Committed = Catalog.Default.Evidence.First(run => run.Paper == "doubleml");

    private readonly string _folder = Directory.CreateTempSubdirectory("scorch-evidence").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_table_has_a_row_for_every_claim_of_every_run()
    {
        await using var gallery = await TestGallery.StartAsync();
        var page = await gallery.PageAsync("/evidence");
        Assert.Equal(Catalog.Default.Evidence.Sum(run => run.Claims.Count), page.QuerySelectorAll("table.evidence tbody tr").Length);
    }

    [Fact]
    public async Task Filters_leave_the_rows_that_they_name_and_join()
    {
        await using var gallery = await TestGallery.StartAsync();
        var all = Catalog.Default.Evidence.SelectMany(run => run.Claims.Select(claim => (Run: run, Claim: claim, Catalog.Default.FindPaper(run.Paper).Room))).ToList();
        await Expect("verdict=confirmed", row => row.Claim.Verdict == Verdict.Confirmed);
        await Expect("verdict=not-confirmed", row => row.Claim.Verdict == Verdict.NotConfirmed);
        await Expect("room=Vision", row => row.Room == "Vision");
        await Expect("paper=doubleml&verdict=not-confirmed", row => row.Run.Paper == "doubleml" && row.Claim.Verdict == Verdict.NotConfirmed);
        await Expect("scale=paper", row => row.Run.Scale == Scale.Paper);
        await Expect("room=&paper=&verdict=&scale=", _ => true);
        await Expect("room=%3Cscript%3E&paper=../x&verdict=maybe&scale=7", _ => true);

        async Task Expect(string query, Func<(EvidenceRecord Run, ClaimRecord Claim, string Room), bool> wanted)
        {
            var rows = (await gallery.PageAsync($"/evidence?{query}")).QuerySelectorAll("table.evidence tbody tr th a").Select(link => link.TextContent).Order().ToList();
            Assert.Equal(all.Where(wanted).Select(row => $"{row.Run.Paper} {row.Claim.Id}").Order(), rows);
        }
    }

    [Fact]
    public async Task A_run_of_the_folder_is_shown_with_its_pictures_and_curves()
    {
        var record = Committed with { StartedAt = Committed.StartedAt.AddDays(1) };
        var run = Directory.CreateDirectory(Path.Combine(_folder, "my run")).FullName;
        EvidenceFile.Write(Path.Combine(run, "evidence.json"), record);
        byte[] picture = [0x89, 0x50, 0x4E, 0x47];
        await File.WriteAllBytesAsync(Path.Combine(run, "a <b>.png"), picture);
        EventFile.Write(Path.Combine(run, RunFiles.Events), Enumerable.Range(0, 1000).Select(i => ("loss", (long)i, 1.0 / (i + 1))), record.StartedAt);

        await using var gallery = await TestGallery.StartAsync(new GalleryOptions { EvidenceFolder = _folder });
        Assert.Empty(gallery.Server.Live.Site.Problems);
        var page = await gallery.PageAsync("/papers/doubleml");
        Assert.Contains("from the evidence folder", page.Body!.TextContent, StringComparison.Ordinal);
        var image = page.QuerySelector(".gallery img")!;
        Assert.Equal("a <b>, drawn by the run", image.GetAttribute("alt"));
        using var answer = await gallery.Client.GetAsync(image.GetAttribute("src"));
        Assert.Equal(picture, await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/png", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("sandbox", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.StartsWith("loss: from 1 to 0.001 over 999 steps", page.QuerySelector("figure.curve svg")!.GetAttribute("aria-label"), StringComparison.Ordinal);
        Assert.Equal(2, page.QuerySelectorAll("h3").First(heading => heading.TextContent == "All runs").NextElementSibling!.QuerySelectorAll("li").Length);
    }

    [Fact]
    public async Task A_run_that_ships_and_lies_in_the_folder_is_shown_once_and_its_folder_cannot_change_it()
    {
        EvidenceFile.Write(Path.Combine(_folder, "copy.json"), Committed with { Notes = ["added by hand"] });
        var site = await GallerySite.LoadAsync(Catalog.Default, evidenceFolder: _folder);
        Assert.Same(Committed, Assert.Single(site.RunsOf("doubleml")).Record);
    }

    [Fact]
    public async Task What_is_no_sound_evidence_is_left_out_and_named()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "broken.json"), "{");
        var text = EvidenceFile.ToJson([Committed])[1..^1];
        await File.WriteAllTextAsync(Path.Combine(_folder, "tampered.json"), text.Replace("\"not-confirmed\"", "\"confirmed\"", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(_folder, "unknown.json"), text.Replace("\"doubleml\"", "\"no-such-paper\"", StringComparison.Ordinal));
        var site = await GallerySite.LoadAsync(Catalog.Default, evidenceFolder: _folder);
        Assert.Equal(Catalog.Default.Evidence.Count, site.Runs.Count);
        foreach (var name in new[] { "broken.json", "tampered.json", "unknown.json" })
        {
            Assert.Contains(site.Problems, problem => problem.Contains(name, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Links_that_lead_out_of_the_folder_are_not_followed()
    {
        var outside = Directory.CreateTempSubdirectory("scorch-outside").FullName;
        try
        {
            EvidenceFile.Write(Path.Combine(outside, "evidence.json"), Committed with { StartedAt = Committed.StartedAt.AddDays(2) });
            await File.WriteAllBytesAsync(Path.Combine(outside, "secret.png"), [1]);
            Directory.CreateSymbolicLink(Path.Combine(_folder, "linked"), outside);
            File.CreateSymbolicLink(Path.Combine(_folder, "linked.json"), Path.Combine(outside, "evidence.json"));
            var run = Directory.CreateDirectory(Path.Combine(_folder, "run")).FullName;
            EvidenceFile.Write(Path.Combine(run, "evidence.json"), Committed with { StartedAt = Committed.StartedAt.AddDays(3) });
            File.CreateSymbolicLink(Path.Combine(run, "picture.png"), Path.Combine(outside, "secret.png"));
            var site = await GallerySite.LoadAsync(Catalog.Default, evidenceFolder: _folder);
            Assert.Equal(2, site.RunsOf("doubleml").Count);
            Assert.All(site.Runs, shown => Assert.Empty(shown.Pictures));
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public async Task A_run_that_arrives_is_seen_at_the_next_refresh()
    {
        await using var gallery = await TestGallery.StartAsync(new GalleryOptions { EvidenceFolder = _folder, Poll = TimeSpan.FromHours(1) });
        EvidenceFile.Write(Path.Combine(_folder, "new.json"), Committed with { StartedAt = Committed.StartedAt.AddDays(1) });
        Assert.True(await gallery.Server.Live.RefreshAsync());
        Assert.False(await gallery.Server.Live.RefreshAsync());
        Assert.Equal(2, gallery.Server.Live.Site.RunsOf("doubleml").Count);
    }

    [Fact]
    public async Task A_picture_that_became_a_link_is_not_sent()
    {
        var run = Directory.CreateDirectory(Path.Combine(_folder, "run")).FullName;
        EvidenceFile.Write(Path.Combine(run, "evidence.json"), Committed with { StartedAt = Committed.StartedAt.AddDays(1) });
        var picture = Path.Combine(run, "picture.png");
        await File.WriteAllBytesAsync(picture, [1]);
        await using var gallery = await TestGallery.StartAsync(new GalleryOptions { EvidenceFolder = _folder, Poll = TimeSpan.FromHours(1) });
        var key = gallery.Server.Live.Site.RunsOf("doubleml")[0].Pictures[0].Key;
        File.Delete(picture);
        File.CreateSymbolicLink(picture, "/etc/hostname");
        using var answer = await gallery.Client.GetAsync($"/pictures/{key}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public void A_damaged_event_file_gives_what_stands_before_the_damage()
    {
        var path = Path.Combine(_folder, "events");
        EventFile.Write(path, [("loss", 0, 3.0), ("loss", 1, 2.0), ("loss", 2, 1.0)], DateTimeOffset.UnixEpoch);
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..^5]);
        var problems = new List<string>();
        Assert.Equal([(0L, 3.0), (1L, 2.0)], Assert.Single(EventCurves.Read(path, problems)).Points);
        Assert.Single(problems);

        BitConverter.TryWriteBytes(bytes, ulong.MaxValue);
        File.WriteAllBytes(path, bytes);
        Assert.Empty(EventCurves.Read(path, problems));
        Assert.Equal(2, problems.Count);
    }

    [Fact]
    public void A_chart_puts_points_thresholds_and_intervals_in_order_on_one_axis()
    {
        foreach (var run in Catalog.Default.Evidence)
        {
            foreach (var claim in run.Claims)
            {
                if (ClaimDrawing.Of(run, claim) is not { } drawing)
                {
                    Assert.Equal(0, claim.Quantity.N);
                    continue;
                }

                Assert.Equal(claim.Quantity.N, drawing.Points.Count);
                Assert.All(drawing.Points.Concat(drawing.Thresholds), x => Assert.InRange(x, 8, 312));
                if (drawing.Interval is { } interval)
                {
                    Assert.Equal(claim.Verdict == Verdict.Confirmed, interval.Low >= drawing.PassLow - 1e-9 && interval.High <= drawing.PassHigh + 1e-9);
                    // The mean of equal values may differ from them by rounding, which an axis as narrow as "equal up to rounding" magnifies: a thousandth of a point is not seen.
                    Assert.InRange(drawing.Mean!.Value, interval.Low - 1e-3, interval.High + 1e-3);
                }
            }
        }
    }
}
