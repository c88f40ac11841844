using System.Globalization;
using System.Text;
using Matrixd.Calls;
using Matrixd.Exotel;
using Matrixd.Gemini;
using Matrixd.Server;
using Matrixd.Storage;
using Matrixd.Timing;

namespace Matrixd.Diagnostics;

/// <summary>All counters as Prometheus reads them. Labels come from closed sets only: no number, name or SID.</summary>
internal sealed class MetricsPage(
    CallRegistry registry, CallCounters calls, GeminiCounters gemini, TokenService tokens, Database database, ExotelCounters exotel, ServerCounters server,
    TapCounters taps)
{
    public ExotelCounters Exotel => exotel;

    public ServerCounters Server => server;

    public string Render()
    {
        StringBuilder page = new(8192);
        Calls(page);
        Media(page);
        Model(page);
        Wires(page);
        Process(page);
        return page.ToString();
    }

    private void Calls(StringBuilder page)
    {
        Gauge(page, "calls_live", "Calls now.", calls.Live);
        Gauge(page, "slots_taken", "Sockets admitted now, their call started or not.", registry.Slots);
        Gauge(page, "slots_max", "Calls at the same time, at most.", registry.MaxCalls);
        Gauge(page, "admission_held", "1 while no new calls are taken because Gemini has no sessions to spare.", registry.IsHeld ? 1 : 0);
        Gauge(page, "draining", "1 while no new calls are taken.", registry.IsDraining ? 1 : 0);
        Counter(page, "calls_started_total", "Calls begun.", calls.Started);
        Head(page, "calls_ended_total", "Calls ended, by reason.", "counter");
        foreach (string reason in CallEndReasonNames.All)
        {
            page.Append(CultureInfo.InvariantCulture, $"matrixd_calls_ended_total{{reason=\"{reason}\"}} {calls.EndedFor(CallEndReasonNames.Parse(reason))}\n");
        }
    }

    private void Media(StringBuilder page)
    {
        Counter(page, "caller_frames_total", "Media frames from callers.", calls.CallerFrames);
        Counter(page, "caller_frames_dropped_total", "Duplicates among them.", calls.CallerFramesDropped);
        Counter(page, "caller_gaps_total", "Holes in callers' audio.", calls.CallerGaps);
        Counter(page, "uplink_dropped_bytes_total", "Caller audio dropped while the model took none.", calls.UplinkDroppedBytes);
        Counter(page, "chunks_sent_total", "Chunks of model audio sent to callers.", calls.ChunksSent);
        Counter(page, "playout_underruns_total", "Chunks that came after the caller had run out of audio within a turn.", calls.PlayoutUnderruns);
        Counter(page, "playout_dropped_bytes_total", "Model audio beyond the playout bound.", calls.PlayoutDroppedBytes);
        Counter(page, "barge_ins_total", "Times a caller talked over the model.", calls.BargeIns);
        Counter(page, "local_barge_ins_total", "Times our own ear decided so, before the model or without it.", calls.LocalBargeIns);
        Counter(page, "playout_pauses_total", "Times the model's audio was paused because the caller might be talking over it.", calls.PlayoutPauses);
        Counter(page, "playout_resumes_total", "Pauses after which it went on.", calls.PlayoutResumes);
        Counter(page, "playout_held_milliseconds_total", "By how much callers heard audio later because the carrier's connection took none.", calls.PlayoutHeldMilliseconds);
        Counter(page, "marks_sent_total", "Marks sent.", calls.MarksSent);
        Counter(page, "marks_echoed_total", "Marks that came back in time.", calls.MarksEchoed);
        Counter(page, "tool_calls_total", "Tool calls of the model.", calls.ToolCalls);
        Counter(page, "recording_blocks_dropped_total", "Blocks of recordings dropped because the disk was behind.", calls.RecordingBlocksDropped);
        Counter(page, "recording_failures_total", "Recordings that the disk refused.", calls.RecordingFailures);
    }

    private void Model(StringBuilder page)
    {
        Head(page, "model_events_total", "What happened to connections to the model, by kind.", "counter");
        foreach (string kind in ModelEventKinds.All)
        {
            page.Append(CultureInfo.InvariantCulture, $"matrixd_model_events_total{{kind=\"{kind}\"}} {calls.ModelEvents(ModelEventKinds.Parse(kind))}\n");
        }

        Counter(page, "model_rotations_total", "Planned hand-overs to a new connection that are through.", calls.ModelEvents(ModelEventKind.Rotated));
        Counter(page, "model_fresh_sessions_total", "New sessions in place of ones that could not be resumed.", calls.ModelEvents(ModelEventKind.FreshSession));
        Head(page, "model_resumptions_total", "Sessions resumed after a loss, by how the connection was left.", "counter");
        foreach (AbsenceCause cause in (ReadOnlySpan<AbsenceCause>)[AbsenceCause.Loss, AbsenceCause.Asked])
        {
            page.Append(CultureInfo.InvariantCulture, $"matrixd_model_resumptions_total{{cause=\"{AbsenceCauses.All[(int)cause]}\"}} {calls.Resumptions(cause)}\n");
        }

        Gaps(page);
    }

    private void Gaps(StringBuilder page)
    {
        Head(page, "model_gap_seconds", "How long calls were without their model.", "histogram");
        for (int i = 0; i < GapHistogram.Bounds.Length; i++)
        {
            page.Append(CultureInfo.InvariantCulture, $"matrixd_model_gap_seconds_bucket{{le=\"{GapHistogram.Bounds[i] / 1000.0}\"}} {calls.Gaps.UpTo(i)}\n");
        }

        long all = calls.Gaps.UpTo(GapHistogram.Bounds.Length);
        page.Append(CultureInfo.InvariantCulture, $"matrixd_model_gap_seconds_bucket{{le=\"+Inf\"}} {all}\nmatrixd_model_gap_seconds_sum {calls.Gaps.Sum / 1000.0}\nmatrixd_model_gap_seconds_count {all}\n");
    }

    private void Wires(StringBuilder page)
    {
        Counter(page, "exotel_upgrades_total", "Sockets of Exotel admitted.", server.Upgrades);
        Counter(page, "exotel_refused_total", "Requests refused for address, credential or token.", server.Refused);
        Counter(page, "exotel_busy_total", "Requests answered 503.", server.Busy);
        Counter(page, "exotel_dynamic_urls_total", "Dynamic URLs handed out.", server.DynamicUrls);
        Counter(page, "exotel_closed_total", "Sockets closed by us for what came on them.", exotel.Refused);
        Counter(page, "exotel_start_timeouts_total", "Sockets without a start in time.", exotel.StartTimeouts);
        Counter(page, "exotel_unknown_events_total", "Frames of a kind we do not know.", exotel.UnknownEvents);
        Counter(page, "exotel_foreign_frames_total", "Media of another stream.", exotel.ForeignStreamFrames);
        Counter(page, "exotel_bad_payloads_total", "Media that was not base64 of whole samples.", exotel.BadPayloads);
        Counter(page, "exotel_bad_json_total", "Messages that were not a frame.", exotel.BadJson);
        Counter(page, "exotel_dtmf_total", "Digits pressed.", exotel.Dtmf);
        Gauge(page, "gemini_sockets", "Sockets to Gemini now.", gemini.OpenSockets);
        Counter(page, "gemini_dials_total", "Dials to Gemini.", gemini.Dials);
        Counter(page, "gemini_dial_failures_total", "Dials that failed.", gemini.DialFailures);
        Closes(page);
        Counter(page, "gemini_token_retries_total", "Dials repeated with a fresh token.", gemini.TokenRetries);
        Counter(page, "gemini_bad_messages_total", "Messages that were not JSON.", gemini.BadMessages);
        Counter(page, "gemini_bad_audio_total", "Audio parts that were not base64 of whole samples.", gemini.BadAudioParts);
        Counter(page, "gemini_prompt_tokens_total", "Tokens in.", gemini.PromptTokens);
        Counter(page, "gemini_response_tokens_total", "Tokens out.", gemini.ResponseTokens);
        TokenServiceState token = tokens.State;
        Gauge(page, "token_valid", "1 where the shared token can start calls.", token.HasToken ? 1 : 0);
        Gauge(page, "token_failures", "Mints that failed in a row.", token.ConsecutiveFailures);
        Counter(page, "tokens_minted_total", "Tokens minted.", token.Minted);
    }

    private void Closes(StringBuilder page)
    {
        Head(page, "model_closes_total", "Ends of dials and sockets to Gemini, by code, stage and likeliest cause.", "counter");
        foreach ((string code, string stage, string cause, long count) in gemini.Closes.Snapshot())
        {
            page.Append(CultureInfo.InvariantCulture, $"matrixd_model_closes_total{{code=\"{code}\",stage=\"{stage}\",cause=\"{cause}\"}} {count}\n");
        }
    }

    private void Process(StringBuilder page)
    {
        StoreCounters store = database.Counters;
        Counter(page, "store_commits_total", "Commits.", store.Commits);
        Amount(page, "store_commit_seconds_total", "Time that commits took.", "counter", store.CommitMicroseconds / 1e6);
        Amount(page, "store_commit_seconds_max", "The longest commit since the start.", "gauge", store.LongestCommitMicroseconds / 1e6);
        Counter(page, "store_rows_total", "Rows written.", store.Rows);
        Counter(page, "store_rows_dropped_total", "Rows of the transcript dropped because the writer was behind.", store.DroppedRows);
        Gauge(page, "store_queue", "Writes waiting.", store.QueueDepth);
        Counter(page, "tapes_total", "Calls taped, and flight records written.", taps.Tapes);
        Counter(page, "tape_lines_total", "Messages written to tapes.", taps.Frames);
        Counter(page, "tape_lines_lost_total", "Messages left out of tapes because the disk was behind.", taps.FramesLost);
        Counter(page, "tape_failures_total", "Tapes that the disk refused.", taps.Failures);
        Counter(page, "flight_records_total", "Calls whose end was bad enough for a flight record.", taps.FlightRecords);
        Gauge(page, "resident_bytes", "Memory of the process.", Environment.WorkingSet);
        Counter(page, "gc_collections_total", "Collections of any generation.", GC.CollectionCount(0));
        Counter(page, "allocated_bytes_total", "Heap allocated.", GC.GetTotalAllocatedBytes());
        Histogram(page, "gc_pause_seconds", "Times that a collection stopped everything.", GcPauses.OfProcess.Histogram);
    }

    private static void Histogram(StringBuilder page, string name, string help, DurationHistogram histogram)
    {
        Head(page, name, help, "histogram");
        for (int i = 0; i < histogram.Bounds.Count; i++)
        {
            page.Append(CultureInfo.InvariantCulture, $"matrixd_{name}_bucket{{le=\"{histogram.Bounds[i]}\"}} {histogram.UpTo(i)}\n");
        }

        long count = histogram.Count;
        page.Append(CultureInfo.InvariantCulture, $"matrixd_{name}_bucket{{le=\"+Inf\"}} {count}\nmatrixd_{name}_sum {histogram.Sum.TotalSeconds}\nmatrixd_{name}_count {count}\n");
    }

    private static void Counter(StringBuilder page, string name, string help, long value) => Line(page, name, help, "counter", value);

    private static void Gauge(StringBuilder page, string name, string help, long value) => Line(page, name, help, "gauge", value);

    private static void Amount(StringBuilder page, string name, string help, string type, double value)
    {
        Head(page, name, help, type);
        page.Append(CultureInfo.InvariantCulture, $"matrixd_{name} {value}\n");
    }

    private static void Line(StringBuilder page, string name, string help, string type, long value)
    {
        Head(page, name, help, type);
        page.Append(CultureInfo.InvariantCulture, $"matrixd_{name} {value}\n");
    }

    private static void Head(StringBuilder page, string name, string help, string type) =>
        page.Append(CultureInfo.InvariantCulture, $"# HELP matrixd_{name} {help}\n# TYPE matrixd_{name} {type}\n");
}
