using System.Diagnostics.Metrics;

namespace Vedette.Metrics.Tests;

public sealed class MeterReadingTests : IDisposable
{
    // Meters are found by name in the whole process, so each test has its own.
    private readonly Meter meter = new($"Test{Guid.NewGuid():N}");

    public void Dispose() => meter.Dispose();

    [Fact]
    public void Every_kind_of_instrument_has_its_family()
    {
        using var reading = Listen();
        meter.CreateCounter<long>("vedette.agent.runs", "{run}", "Runs.").Add(3, Tag("kind", "icmp"));
        meter.CreateUpDownCounter<int>("vedette.agent.inflight").Add(-2);
        meter.CreateGauge<float>("vedette.queue.fill", "1").Record(0.25f);
        meter.CreateHistogram<double>("vedette.run.duration", "s", "How long.", advice: new() { HistogramBucketBoundaries = [0.1, 1] }).Record(0.1);
        meter.CreateObservableCounter("vedette.sent", () => 10L, "By");
        meter.CreateObservableUpDownCounter("vedette.open", () => (short)4);
        meter.CreateObservableGauge("vedette.temperature", () => 36.6m, "celsius");

        Text(reading).ShouldBe("""
            # TYPE vedette_agent_inflight gauge
            vedette_agent_inflight -2
            # HELP vedette_agent_runs_total Runs.
            # TYPE vedette_agent_runs_total counter
            vedette_agent_runs_total{kind="icmp"} 3
            # TYPE vedette_open gauge
            vedette_open 4
            # TYPE vedette_queue_fill_ratio gauge
            vedette_queue_fill_ratio 0.25
            # HELP vedette_run_duration_seconds How long.
            # TYPE vedette_run_duration_seconds histogram
            vedette_run_duration_seconds_bucket{le="0.1"} 1
            vedette_run_duration_seconds_bucket{le="1"} 1
            vedette_run_duration_seconds_bucket{le="+Inf"} 1
            vedette_run_duration_seconds_sum 0.1
            vedette_run_duration_seconds_count 1
            # TYPE vedette_sent_bytes_total counter
            vedette_sent_bytes_total 10
            # TYPE vedette_temperature_celsius gauge
            vedette_temperature_celsius 36.6

            """);
    }

    [Theory]
    [InlineData("a.b", "s", MetricType.Histogram, "a_b_seconds", "seconds")]
    [InlineData("a.b_seconds", "s", MetricType.Gauge, "a_b_seconds", "seconds")]
    [InlineData("seconds.a", "s", MetricType.Gauge, "seconds_a_seconds", "seconds")]
    [InlineData("a.total", "By", MetricType.Counter, "a_bytes_total", "bytes")]
    [InlineData("a", "{packet}", MetricType.Counter, "a_total", "")]
    [InlineData("a", "1", MetricType.Gauge, "a_ratio", "ratio")]
    [InlineData("a", "1", MetricType.Counter, "a_total", "")]
    [InlineData("a", "%", MetricType.Gauge, "a_percent", "percent")]
    [InlineData("a", "USD", MetricType.Counter, "a_USD_total", "USD")]
    [InlineData("a..b--c", null, MetricType.Gauge, "a_b_c", "")]
    public void Names_follow_the_rules_of_OpenTelemetry(string instrument, string? unit, MetricType type, string name, string words) =>
        MetricNames.OfInstrument(instrument, unit, type).ShouldBe((name, words));

    [Fact]
    public void Only_the_named_meters_and_those_beneath_them_are_heard()
    {
        using var beneath = new Meter(meter.Name + ".Agent");
        using var beside = new Meter(meter.Name + "s");
        using var reading = Listen();
        beneath.CreateCounter<int>("beneath").Add(1);
        beside.CreateCounter<int>("beside").Add(1);
        Text(reading).ShouldContain("beneath_total 1");
        Text(reading).ShouldNotContain("beside");
    }

    [Fact]
    public void The_meter_of_the_runtime_can_be_read()
    {
        using var reading = new MeterReading(["System.Runtime"]);
        GC.Collect();
        var text = Exposition.Of(reading.WriteTo, openMetrics: true);
        text.ShouldContain("\ndotnet_gc_collections_total{gc_heap_generation=\"gen2\"} ");
        text.ShouldContain("\n# UNIT dotnet_gc_pause_time_seconds seconds\n");
        text.ShouldContain("\ndotnet_gc_heap_total_allocated_bytes_total ");
    }

    [Fact]
    public void The_same_labels_are_one_series_however_they_are_given()
    {
        using var reading = Listen();
        var counter = meter.CreateCounter<int>("x");
        counter.Add(1, Tag("a", 1), Tag("b.c", true));
        counter.Add(1, Tag("b.c", true), Tag("a", 1));
        counter.Add(1, Tag("b_c", "true"), Tag("a", "1"));
        counter.Add(1, Tag("a", 1L), Tag("b-c", true));
        Text(reading).ShouldContain("x_total{a=\"1\",b_c=\"true\"} 4\n");
    }

    [Fact]
    public void Tags_become_labels_that_are_allowed()
    {
        using var reading = Listen();
        meter.CreateCounter<int>("x").Add(1, Tag("__n", null), Tag("9", 0.5), Tag("", "empty"), Tag("a.b", "second"), Tag("a-b", "first"), Tag("day", DayOfWeek.Friday));
        Text(reading).ShouldContain("x_total{_=\"empty\",_n=\"\",a_b=\"first;second\",day=\"Friday\",key_9=\"0.5\"} 1\n");
    }

    [Fact]
    public void Further_sets_of_labels_are_dropped_and_counted()
    {
        using var reading = Listen(mostSeries: 2);
        var counter = meter.CreateCounter<int>("x");
        for (var i = 0; i < 10; i++) counter.Add(1, Tag("id", i));
        counter.Add(5, Tag("id", 1));

        var text = Exposition.Of(reading.WriteTo);
        text.ShouldContain("x_total{id=\"0\"} 1\nx_total{id=\"1\"} 6\n#");
        text.ShouldContain("vedette_metrics_dropped_measurements_total{metric=\"x_total\"} 8\n");
    }

    [Fact]
    public void Numbers_that_would_spoil_a_sum_are_dropped_and_counted()
    {
        using var reading = Listen();
        var counter = meter.CreateCounter<double>("x");
        var histogram = meter.CreateHistogram<double>("y");
        var gauge = meter.CreateGauge<double>("z");
        foreach (var bad in new[] { double.NaN, double.PositiveInfinity })
        {
            counter.Add(bad);
            histogram.Record(bad);
            gauge.Record(bad);
        }

        counter.Add(-1);
        counter.Add(2);
        var text = Exposition.Of(reading.WriteTo);
        text.ShouldContain("x_total 2\n");
        text.ShouldContain("z +Inf\n");
        text.ShouldContain("{metric=\"x_total\"} 3\n");
        text.ShouldContain("{metric=\"y\"} 2\n");
        text.ShouldNotContain("{metric=\"z\"}");
    }

    [Fact]
    public void What_an_observer_no_longer_tells_of_is_gone_and_what_was_recorded_stays()
    {
        using var reading = Listen();
        var names = new List<string> { "a", "b" };
        meter.CreateObservableGauge("seen", () => names.Select(name => new Measurement<int>(1, Tag("name", name))));
        meter.CreateGauge<int>("kept").Record(7);
        Text(reading).ShouldContain("seen{name=\"a\"} 1\nseen{name=\"b\"} 1\n");
        names.Remove("a");
        var text = Text(reading);
        text.ShouldContain("gauge\nseen{name=\"b\"} 1\n");
        text.ShouldContain("kept 7\n");
    }

    [Fact]
    public void An_observer_that_throws_is_counted_and_takes_no_other_away()
    {
        using var reading = Listen();
        meter.CreateObservableGauge("broken", Broken);
        meter.CreateObservableGauge("sound", () => 1);
        var text = Exposition.Of(reading.WriteTo);
        text.ShouldContain("sound 1\n");
        text.ShouldContain("vedette_metrics_failed_observations_total 1\n");
        Exposition.Of(reading.WriteTo).ShouldContain("vedette_metrics_failed_observations_total 2\n");

        static int Broken() => throw new InvalidOperationException("no");
    }

    [Fact]
    public void Instruments_of_one_name_share_a_family_until_the_last_is_gone()
    {
        using var reading = Listen();
        var second = new Meter(meter.Name);
        var own = meter.CreateCounter<int>("x");
        own.Add(1);
        second.CreateCounter<long>("x").Add(2);
        Text(reading).ShouldContain("x_total 3\n");
        second.Dispose();
        own.Add(1);
        Text(reading).ShouldContain("x_total 4\n");
        meter.Dispose();
        Text(reading).ShouldBeEmpty();
    }

    [Fact]
    public void An_instrument_whose_name_is_taken_by_another_kind_is_refused_and_counted()
    {
        using var reading = Listen();
        meter.CreateCounter<int>("x").Add(1);
        meter.CreateObservableCounter("x.total", () => 9);
        meter.CreateGauge<int>("x").Record(9);
        meter.CreateHistogram<int>("y").Record(1);
        meter.CreateGauge<int>("y.count").Record(9);
        foreach (var openMetrics in new[] { false, true })
        {
            var text = Exposition.Of(reading.WriteTo, openMetrics);
            text.ShouldContain("x_total 1\n");
            text.ShouldNotContain(" 9\n");
            text.ShouldContain("vedette_metrics_refused_instruments 3\n");
        }
    }

    [Fact]
    public void Without_advice_seconds_have_the_bounds_of_durations_and_all_else_wider_ones()
    {
        using var reading = Listen();
        meter.CreateHistogram<double>("x", "s").Record(0.005);
        meter.CreateHistogram<long>("y", "By").Record(10_001);
        meter.CreateHistogram<long>("z", advice: new() { HistogramBucketBoundaries = [7] }).Record(7);
        var text = Text(reading);
        text.ShouldContain("x_seconds_bucket{le=\"0.005\"} 1\n");
        text.ShouldContain("y_bytes_bucket{le=\"10000\"} 0\ny_bytes_bucket{le=\"+Inf\"} 1\n");
        text.ShouldContain("z_bucket{le=\"7\"} 1\nz_bucket{le=\"+Inf\"} 1\n");
    }

    [Fact]
    public void No_measurement_is_lost_between_threads()
    {
        const int threads = 4, each = 5000;
        using var reading = Listen();
        var counter = meter.CreateCounter<int>("x");
        var histogram = meter.CreateHistogram<int>("y");
        Parallel.For(0, threads, _ =>
        {
            for (var i = 0; i < each; i++)
            {
                counter.Add(1, Tag("even", i % 2 == 0));
                histogram.Record(i);
                if (i % 1000 == 0) Text(reading);
            }
        });
        var text = Text(reading);
        text.ShouldContain($"x_total{{even=\"true\"}} {threads * each / 2}\n");
        text.ShouldContain($"y_count {threads * each}\n");
    }

    [Fact]
    public void A_known_measurement_allocates_nothing()
    {
        using var reading = Listen();
        var counter = meter.CreateCounter<long>("x");
        var histogram = meter.CreateHistogram<double>("y");
        Measure(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Measure(10_000);
        // A collection that another thread asks for adds the unused rest of an allocation context, at most 8 KiB.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000);

        void Measure(int times)
        {
            for (var i = 0; i < times; i++)
            {
                counter.Add(1, Tag("kind", "icmp"), Tag("status", "up"));
                histogram.Record(0.5, Tag("kind", "icmp"));
            }
        }
    }

    private static KeyValuePair<string, object?> Tag(string name, object? value) => new(name, value);

    private MeterReading Listen(int mostSeries = 1000) => new([meter.Name], mostSeries);

    // Without what a reading says of itself, which always comes last.
    private static string Text(MeterReading reading)
    {
        var text = Exposition.Of(reading.WriteTo);
        return text[..text.IndexOf("# HELP vedette_metrics_failed", StringComparison.Ordinal)];
    }
}
