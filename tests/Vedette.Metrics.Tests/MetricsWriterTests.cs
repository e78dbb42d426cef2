using System.Buffers;
using System.Text;

namespace Vedette.Metrics.Tests;

public sealed class MetricsWriterTests
{
    [Fact]
    public void A_gauge_is_written_the_same_in_both_formats_but_for_the_order_of_its_metadata()
    {
        static void Write(MetricsWriter writer)
        {
            writer.Family("probe_duration_seconds", MetricType.Gauge, "Wall time.", "seconds");
            writer.Sample(0.0123, ("instance", "example.org"), ("job", "web"));
            writer.Sample(2);
        }

        Exposition.Of(Write).ShouldBe("""
            # HELP probe_duration_seconds Wall time.
            # TYPE probe_duration_seconds gauge
            probe_duration_seconds{instance="example.org",job="web"} 0.0123
            probe_duration_seconds 2

            """);
        Exposition.Of(Write, openMetrics: true).ShouldBe("""
            # TYPE probe_duration_seconds gauge
            # UNIT probe_duration_seconds seconds
            # HELP probe_duration_seconds Wall time.
            probe_duration_seconds{instance="example.org",job="web"} 0.0123
            probe_duration_seconds 2
            # EOF

            """);
    }

    [Fact]
    public void A_counter_and_an_info_lose_their_suffix_only_in_the_metadata_of_OpenMetrics()
    {
        static void Write(MetricsWriter writer)
        {
            writer.Family("process_cpu_seconds_total", MetricType.Counter, "CPU time.", "seconds");
            writer.Sample(4.5);
            writer.Family("vedette_build_info", MetricType.Info, "This build.");
            writer.Sample(1, ("version", "0.1.0"));
            writer.Family("node_vmstat_pgpgin", MetricType.Unknown, "");
            writer.Sample(7);
        }

        Exposition.Of(Write).ShouldBe("""
            # HELP process_cpu_seconds_total CPU time.
            # TYPE process_cpu_seconds_total counter
            process_cpu_seconds_total 4.5
            # HELP vedette_build_info This build.
            # TYPE vedette_build_info gauge
            vedette_build_info{version="0.1.0"} 1
            # TYPE node_vmstat_pgpgin untyped
            node_vmstat_pgpgin 7

            """);
        Exposition.Of(Write, openMetrics: true).ShouldBe("""
            # TYPE process_cpu_seconds counter
            # UNIT process_cpu_seconds seconds
            # HELP process_cpu_seconds CPU time.
            process_cpu_seconds_total 4.5
            # TYPE vedette_build info
            # HELP vedette_build This build.
            vedette_build_info{version="0.1.0"} 1
            # TYPE node_vmstat_pgpgin unknown
            node_vmstat_pgpgin 7
            # EOF

            """);
    }

    [Fact]
    public void A_histogram_counts_up_to_each_bound()
    {
        static void Write(MetricsWriter writer)
        {
            writer.Family("x_seconds", MetricType.Histogram, "X.");
            writer.Histogram([0.005, 1, 2.5e6], [3, 0, 2, 1], 2_500_001.25, ("a", "b"));
            writer.Histogram([], [4], 0);
        }

        Exposition.Of(Write).ShouldBe("""
            # HELP x_seconds X.
            # TYPE x_seconds histogram
            x_seconds_bucket{a="b",le="0.005"} 3
            x_seconds_bucket{a="b",le="1"} 3
            x_seconds_bucket{a="b",le="2.5e+06"} 5
            x_seconds_bucket{a="b",le="+Inf"} 6
            x_seconds_sum{a="b"} 2500001.25
            x_seconds_count{a="b"} 6
            x_seconds_bucket{le="+Inf"} 4
            x_seconds_sum 0
            x_seconds_count 4

            """);
        Exposition.Of(Write, openMetrics: true).ShouldContain("x_seconds_bucket{a=\"b\",le=\"1.0\"} 3\n");
    }

    [Fact]
    public void OpenMetrics_is_not_told_a_sum_that_can_fall()
    {
        static void Write(MetricsWriter writer)
        {
            writer.Family("x_celsius", MetricType.Histogram, "X.");
            writer.Histogram([-10, 0], [1, 1, 1], -5);
        }

        Exposition.Of(Write).ShouldContain("x_celsius_sum -5\nx_celsius_count 3\n");
        Exposition.Of(Write, openMetrics: true).ShouldEndWith("{le=\"+Inf\"} 3\n# EOF\n");
    }

    // OpenMetrics 1.0, "Canonical Numbers", and what Go's %g makes of some others.
    [Theory]
    [InlineData(0, "0.0")]
    [InlineData(0.001, "0.001")]
    [InlineData(0.95, "0.95")]
    [InlineData(1, "1.0")]
    [InlineData(1.7, "1.7")]
    [InlineData(10, "10.0")]
    [InlineData(1e-10, "1e-10")]
    [InlineData(1e-9, "1e-09")]
    [InlineData(1e-5, "1e-05")]
    [InlineData(1e-4, "0.0001")]
    [InlineData(100_000, "100000.0")]
    [InlineData(1e6, "1e+06")]
    [InlineData(1e10, "1e+10")]
    [InlineData(1e15, "1e+15")]
    [InlineData(1.1e23, "1.1e+23")]
    [InlineData(1234567.5, "1.2345675e+06")]
    [InlineData(999_999.5, "999999.5")]
    [InlineData(123_456_789_012, "1.23456789012e+11")]
    [InlineData(-2_000_000, "-2e+06")]
    [InlineData(-0.5, "-0.5")]
    [InlineData(double.MaxValue, "1.7976931348623157e+308")]
    public void A_bound_is_written_in_the_one_form_everyone_writes(double bound, string text)
    {
        Exposition.Of(Write, openMetrics: true).ShouldContain($"{{le=\"{text}\"}}");
        Exposition.Of(Write).ShouldContain($"{{le=\"{(text.EndsWith(".0", StringComparison.Ordinal) ? text[..^2] : text)}\"}}");

        void Write(MetricsWriter writer)
        {
            writer.Family("x", MetricType.Histogram, "");
            writer.Histogram([bound], [0, 0], 0);
        }
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(1_753_000_000.123, "1753000000.123")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(9_007_199_254_740_991, "9007199254740991")]
    [InlineData(double.Epsilon, "5E-324")]
    public void A_value_is_written_so_that_it_reads_back_the_same(double value, string text) =>
        Exposition.Of(writer =>
        {
            writer.Family("x", MetricType.Gauge, "");
            writer.Sample(value);
        }).ShouldEndWith($"x {text}\n");

    [Theory]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("C:\\dir\\", "C:\\\\dir\\\\")]
    [InlineData("two\nlines\n", "two\\nlines\\n")]
    [InlineData("\\n", "\\\\n")]
    [InlineData("\"} 1\n# EOF", "\\\"} 1\\n# EOF")]
    [InlineData("a\r\tb\0", "a\r\tb\0")]
    [InlineData("größe 日本 🦒", "größe 日本 🦒")]
    [InlineData("", "")]
    public void A_label_may_hold_anything(string value, string written)
    {
        Exposition.Of(Write).ShouldBe($"# TYPE x gauge\nx{{a=\"{written}\"}} 1\n");
        Exposition.Of(Write, openMetrics: true).ShouldBe($"# TYPE x gauge\nx{{a=\"{written}\"}} 1\n# EOF\n");

        void Write(MetricsWriter writer)
        {
            writer.Family("x", MetricType.Gauge, "");
            writer.Sample(1, ("a", value));
        }
    }

    // Not as data of the test above: attributes are stored as UTF-8, which has no half surrogates.
    [Fact]
    public void Half_a_surrogate_becomes_the_replacement_character()
    {
        var text = Exposition.Of(static writer =>
        {
            writer.Family("x", MetricType.Gauge, "");
            foreach (var value in new[] { "half \ud83e", "\udd92 half", "\ud83e\n\udd92", "\udd92\ud83e" }) writer.Sample(1, ("a", value));
        });
        text.ShouldEndWith("x{a=\"half \ufffd\"} 1\nx{a=\"\ufffd half\"} 1\nx{a=\"\ufffd\\n\ufffd\"} 1\nx{a=\"\ufffd\ufffd\"} 1\n");
    }

    [Fact]
    public void Help_escapes_quotes_only_in_OpenMetrics()
    {
        static void Write(MetricsWriter writer) => writer.Family("x", MetricType.Gauge, "A \"word\",\na \\ and \ud800.");

        Exposition.Of(Write).ShouldBe("# HELP x A \"word\",\\na \\\\ and \ufffd.\n# TYPE x gauge\n");
        Exposition.Of(Write, openMetrics: true).ShouldBe("# TYPE x gauge\n# HELP x A \\\"word\\\",\\na \\\\ and \ufffd.\n# EOF\n");
    }

    [Theory]
    [InlineData("probe_http_content_length", "bytes", false)]
    [InlineData("bytes", "bytes", false)]
    [InlineData("x_kilobytes", "bytes", false)]
    [InlineData("x_bytes", "bytes", true)]
    [InlineData("x_bytes", "", false)]
    public void A_unit_is_told_only_where_the_name_ends_in_it(string name, string unit, bool told) =>
        Exposition.Of(writer => writer.Family(name, MetricType.Gauge, "", unit), openMetrics: true).Contains("# UNIT", StringComparison.Ordinal).ShouldBe(told);

    [Theory]
    [InlineData("")]
    [InlineData("1x")]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("a\nb")]
    [InlineData("größe")]
    public void A_bad_name_is_refused(string name)
    {
        var writer = new MetricsWriter(new ArrayBufferWriter<byte>(), false);
        Should.Throw<ArgumentException>(() => writer.Family(name, MetricType.Gauge, ""));
        writer.Family("x", MetricType.Gauge, "");
        Should.Throw<ArgumentException>(() => writer.Sample(1, (name, "")));
    }

    [Fact]
    public void A_label_that_is_not_the_callers_to_give_is_refused()
    {
        var writer = new MetricsWriter(new ArrayBufferWriter<byte>(), false);
        writer.Family("x", MetricType.Histogram, "");
        Should.Throw<ArgumentException>(() => writer.Histogram([], [1], 1, ("le", "1")));
        writer.Family("y", MetricType.Gauge, "");
        writer.Sample(1, ("le", "1"));
        Should.Throw<ArgumentException>(() => writer.Sample(1, ("__name__", "1")));
        Should.Throw<ArgumentException>(() => writer.Sample(1, ("a:b", "1")));
        Should.Throw<ArgumentException>(() => writer.Sample(1, ("a", "1"), ("b", "1"), ("a", "2")));
    }

    [Theory]
    [InlineData("x", MetricType.Gauge, "x", MetricType.Gauge)]
    [InlineData("x_total", MetricType.Counter, "x", MetricType.Gauge)]
    [InlineData("x_created", MetricType.Gauge, "x_total", MetricType.Counter)]
    [InlineData("x", MetricType.Histogram, "x_count", MetricType.Gauge)]
    [InlineData("x_bucket", MetricType.Unknown, "x", MetricType.Histogram)]
    [InlineData("x_info", MetricType.Info, "x_info", MetricType.Gauge)]
    public void Families_that_could_be_mistaken_for_each_other_are_refused(string first, MetricType firstType, string second, MetricType secondType)
    {
        var writer = new MetricsWriter(new ArrayBufferWriter<byte>(), false);
        writer.Family(first, firstType, "");
        Should.Throw<ArgumentException>(() => writer.Family(second, secondType, ""));
    }

    [Theory]
    [InlineData("x", MetricType.Counter)]
    [InlineData("_total", MetricType.Counter)]
    [InlineData("x", MetricType.Info)]
    public void A_name_without_the_suffix_of_its_type_is_refused(string name, MetricType type) =>
        Should.Throw<ArgumentException>(() => new MetricsWriter(new ArrayBufferWriter<byte>(), false).Family(name, type, ""));

    [Fact]
    public void Bounds_and_counts_that_do_not_fit_are_refused()
    {
        var writer = new MetricsWriter(new ArrayBufferWriter<byte>(), false);
        writer.Family("x", MetricType.Histogram, "");
        Should.Throw<ArgumentException>(() => writer.Histogram([1, 2], [1, 1], 1));
        Should.Throw<ArgumentException>(() => writer.Histogram([2, 1], [1, 1, 1], 1));
        Should.Throw<ArgumentException>(() => writer.Histogram([1, 1], [1, 1, 1], 1));
        Should.Throw<ArgumentException>(() => writer.Histogram([double.NaN], [1, 1], 1));
        Should.Throw<ArgumentException>(() => writer.Histogram([double.PositiveInfinity], [1, 1], 1));
    }

    [Fact]
    public void Calls_out_of_order_are_refused()
    {
        var writer = new MetricsWriter(new ArrayBufferWriter<byte>(), true);
        Should.Throw<InvalidOperationException>(() => writer.Sample(1));
        writer.Family("x", MetricType.Gauge, "");
        Should.Throw<InvalidOperationException>(() => writer.Histogram([], [1], 1));
        writer.Family("y", MetricType.Histogram, "");
        Should.Throw<InvalidOperationException>(() => writer.Sample(1));
        writer.End();
        Should.Throw<ObjectDisposedException>(() => writer.Family("z", MetricType.Gauge, ""));
        Should.Throw<ObjectDisposedException>(() => writer.Histogram([], [1], 1));
        Should.Throw<ObjectDisposedException>(writer.End);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Ten_thousand_samples_allocate_nothing(bool openMetrics)
    {
        var output = new ArrayBufferWriter<byte>(4 << 20);
        var writer = new MetricsWriter(output, openMetrics);
        writer.Family("probe_duration_seconds", MetricType.Gauge, "");
        Write(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Write(10_000);
        // A collection that another thread asks for adds the unused rest of an allocation context, at most 8 KiB.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(10_000);

        void Write(int samples)
        {
            for (var i = 0; i < samples; i++) writer.Sample(i / 3.0, ("instance", "example.org:443"), ("job", "a \"quoted\" job"), ("team", "größe"));
        }
    }

    [Fact]
    public void A_label_longer_than_any_buffer_is_written_whole()
    {
        var value = new string('"', 1_000_000) + new string('日', 1_000_000);
        var text = Exposition.Of(writer =>
        {
            writer.Family("x", MetricType.Gauge, "");
            writer.Sample(1, ("a", value));
        });
        Encoding.UTF8.GetByteCount(text).ShouldBe("# TYPE x gauge\nx{a=\"\"} 1\n".Length + 2_000_000 + 3_000_000);
    }
}
