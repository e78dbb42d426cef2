using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Vedette.Probes.Ntp;

/// <summary>What the questions of one run found out.</summary>
internal sealed class NtpFindings
{
    private readonly List<NtpSample> samples = [];
    private NtpSample best;

    /// <summary>The last answer that was one, also when it told of no time.</summary>
    public NtpPacket? Answer { get; private set; }

    /// <summary>Whether any answer gave the time.</summary>
    public bool HasSample => samples.Count > 0;

    /// <summary>How far this host's clock is behind the server's, in seconds, by the answer that came soonest: the way disturbed it least.</summary>
    public double Offset => best.Offset;

    /// <summary>
    /// How far that may be wrong: the way there and back may have taken all of the delay in one direction, and the server's own clock may be off by its
    /// root distance (RFC 5905 section 11.1).
    /// </summary>
    public double Uncertainty => (best.Delay / 2) + NtpTerms.RootDistance(Answer!.Value);

    /// <summary>How many questions went.</summary>
    public int Sent { get; set; }

    /// <summary>How many datagrams were no answer.</summary>
    public int Ignored { get; private set; }

    /// <summary>Why the last of those was none, as the rest of a sentence.</summary>
    public string? Why { get; private set; }

    public void NoteIgnored(NtpQuery query) => (Ignored, Why) = (Ignored + query.Ignored, query.Why ?? Why);

    public void Note(NtpPacket answer) => Answer = answer;

    public void Add(NtpPacket answer, NtpSample sample)
    {
        samples.Add(sample);
        if (samples.Count > 1 && sample.Delay >= best.Delay) return;
        (Answer, best) = (answer, sample);
    }

    /// <summary>Measures what there is.</summary>
    public void Describe(Observation seen, bool v6)
    {
        if (HasSample)
        {
            seen.AddPhase("rtt", best.Delay);
            seen.Measure("ntp_offset_seconds", best.Offset);
            seen.Measure("ntp_uncertainty_seconds", Uncertainty);
            seen.Measure("ntp_rtt_seconds", best.Delay);
        }

        if (Answer is { } answer) Describe(answer, seen, v6);
        seen.Measure("ntp_samples_sent_count", Sent);
        seen.Measure("ntp_samples_received_count", samples.Count);
        seen.Measure("ntp_ignored_count", Ignored);
    }

    private void Describe(NtpPacket answer, Observation seen, bool v6)
    {
        seen.Measure("ntp_stratum", answer.Stratum);
        seen.Measure("ntp_leap", answer.Leap);

        // A kiss code stands in the place of the reference, or nothing does, and the rest is not to be believed.
        if (answer.Stratum == 0) return;
        seen.Measure("ntp_root_delay_seconds", answer.RootDelay);
        seen.Measure("ntp_root_dispersion_seconds", answer.RootDispersion);
        if (NtpTerms.ReferenceAge(answer) is { } age) seen.Measure("ntp_reference_age_seconds", age);
        var source = ReferenceId.Show(answer.ReferenceId, answer.Stratum, v6);
        seen.Describe("reference_id", source);
        if (HasSample) seen.Details = ToDetails(answer, source);
    }

    private string ToDetails(NtpPacket answer, string source)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Write(json, best);
            json.WriteNumber("rootDistance", NtpTerms.RootDistance(answer));
            json.WriteNumber("stratum", answer.Stratum);
            json.WriteString("referenceId", source);
            if (NtpTerms.ReferenceAge(answer) is { } age) json.WriteNumber("referenceAge", age);
            json.WriteNumber("leap", answer.Leap);
            json.WriteStartArray("samples");
            foreach (var sample in samples)
            {
                json.WriteStartObject();
                Write(json, sample);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, NtpSample sample)
    {
        json.WriteNumber("offset", sample.Offset);
        json.WriteNumber("delay", sample.Delay);
    }
}
