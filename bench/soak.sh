# soak: the daemon as it ships while calls come and go for hours: does anything grow? --minutes M (120), --calls N (280), --churn PER_SECOND (2),
# --every SECONDS (30) between samples, --seed S (1), --binary FILE, --out FILE: the samples, as CSV. Sourced by run.sh. Pinned as pair does.
# Recordings are deleted when they have been finished for a minute. Ctrl-C ends it early, with the table. Exits with 1 where something grows or a call was lost.

soak_minutes=120 soak_calls=280 soak_churn=2 soak_every=30 soak_seed=1 soak_binary=artifacts/matrixd soak_out=""
while [ $# -gt 1 ]; do
  case "$1" in
    --minutes) soak_minutes=$2 ;; --calls) soak_calls=$2 ;; --churn) soak_churn=$2 ;; --every) soak_every=$2 ;; --seed) soak_seed=$2 ;;
    --binary) soak_binary=$2 ;; --out) soak_out=$2 ;;
    *) echo "bench soak: $1 is not known" >&2; exit 2 ;;
  esac
  shift 2
done
[ $# -eq 0 ] || { echo "bench soak: $1 needs a value" >&2; exit 2; }
for value in "$soak_minutes" "$soak_calls" "$soak_every" "$soak_seed"; do
  [[ $value =~ ^[1-9][0-9]*$ ]] || { echo "bench soak: '$value' is not a whole number from 1 on" >&2; exit 2; }
done
[[ $soak_churn =~ ^[0-9]+([.][0-9]+)?$ ]] || { echo "bench soak: --churn '$soak_churn' is not a number of calls a second" >&2; exit 2; }
[ "$soak_every" -ge 5 ] || { echo "bench soak: --every $soak_every is too short: 5 s is the least" >&2; exit 2; }

# 1 GiB and more lies there at 280 calls: 32 kB a second for each that goes on, and a minute's worth that has ended.
soak_start() {
  [ -x "$soak_binary" ] || ./build.sh native
  native_tools
  run=$(mktemp -d)
  soak_out=${soak_out:-$run/soak.csv}
  trap '{ kill -KILL $(jobs -p); wait; } 2>/dev/null || true; rm -rf "$run"' EXIT # at once: a daemon that drains would write into what is being removed
  mkfifo "$run/in"
  load_first
  "${first[@]}" taskset -c 1 artifacts/bench/load --ca-out "$run/ca.pem" --grid-us 1000 <"$run/in" >"$run/load.out" 2>"$run/load.err" &
  load=$!
  exec 9>"$run/in"
  wait_for "$run/load.out" ready 10
  gemini=$(sed -n 's/^ready https:..//p' "$run/load.out")
  configuration >"$run/matrixd.toml"
  taskset -c 0 "$soak_binary" run --config "$run/matrixd.toml" --log-level warning >"$run/target.out" 2>"$run/target.err" 9>&- &
  target=$!
  wait_for "$run/target.out" ready 20
  soak_address=$(sed -n 's/^ready http:..//p' "$run/target.out")
  echo "target $soak_address /exotel $(printf 'exotel:a-long-bench-password' | base64) $target" >&9
  echo "calls $soak_calls" >&9
  wait_for "$run/load.out" '^calls' $((soak_calls / 50 + 60))
  echo "churn $soak_churn $soak_seed" >&9
}

soak_metrics() {
  exec 8<>"/dev/tcp/${soak_address%:*}/${soak_address#*:}"
  printf 'GET /metrics HTTP/1.0\r\nHost: %s\r\n\r\n' "$soak_address" >&8
  cat <&8 >"$run/metrics" # closed by the other side
  exec 8>&-
}

metric() { awk -v name="matrixd_$1" '$1 == name { print $2; found = 1 } END { if (!found) print 0 }' "$run/metrics"; }
ended_badly() { awk '/^matrixd_calls_ended_total/ && !/"caller_hung_up"/ { n += $2 } END { print n + 0 }' "$run/metrics"; }
bytes_of() { local s; s=$(stat -c %s "$1" 2>/dev/null) && echo "$s" || echo 0; }
loaded() { tail -n 1 "$run/load.out" | grep '^{' | grep -o "\"$1\":[0-9.]*" | head -n 1 | cut -d: -f2 | grep . || echo 0; }

load_lag() { tail -n 1 "$run/load.out" | sed -n 's/.*"load_lag":{[^}]*"p99_ms":\([0-9.]*\).*/\1/p' | grep . || echo 0; }

soak_sample() {
  soak_metrics
  local status=/proc/$target/status
  printf '%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n' \
    $((SECONDS - soak_from)) "$(awk '/VmRSS/ { print $2 }' $status)" "$(ls /proc/$target/fd | wc -l)" "$(awk '/Threads/ { print $2 }' $status)" \
    "$(bytes_of "$run/matrixd.db-wal")" "$(bytes_of "$run/matrixd.db")" "$(du -s --block-size=1 "$run/recordings" 2>/dev/null | cut -f1)" \
    "$(metric calls_live)" "$(metric calls_started_total)" "$(metric 'calls_ended_total{reason="caller_hung_up"}')" "$(ended_badly)" \
    "$(loaded calls_lost)" "$(loaded frames_lost)" "$(loaded samples_missing)" "$(loaded underruns)" "$(load_lag)" \
    "$(($(metric recording_blocks_dropped_total) + $(metric recording_failures_total)))" "$(metric store_rows_dropped_total)" \
    "$(metric gc_collections_total)" "$(metric allocated_bytes_total)" "$(awk '{ sub(/.*\) /, ""); print ($12 + $13) / 100 }' /proc/$target/stat)" >>"$soak_out"
}

soak_run() {
  soak_start
  echo seconds,rss_kib,fds,threads,wal_bytes,db_bytes,recordings_bytes,calls_live,calls_started,calls_hung_up,calls_ended_otherwise,load_calls_lost,frames_lost,samples_missing,underruns,load_lag_p99_ms,recordings_dropped,rows_dropped,gc_collections,allocated_bytes,cpu_seconds >"$soak_out"
  local next=$SECONDS windows=0 ended=""
  soak_from=$SECONDS
  trap 'ended=yes' INT
  while [ -z "$ended" ] && [ $((SECONDS - soak_from)) -lt $((soak_minutes * 60)) ]; do
    echo "measure $((soak_every - 3))" >&9 # its figures come half a second after it, before the sample is taken
    next=$((next + soak_every))
    while [ -z "$ended" ] && [ $SECONDS -lt $next ]; do sleep 0.5 || true; done
    kill -0 "$target" 2>/dev/null || { echo "bench soak: the daemon has ended" >&2; cat "$run/target.err" >&2; exit 1; }
    kill -0 "$load" 2>/dev/null || { echo "bench soak: the load has ended" >&2; cat "$run/load.err" >&2; exit 1; }
    [ -n "$ended" ] || soak_sample
    find "$run/recordings" -name '*.wav' -not -newermt '-60 seconds' -delete 2>/dev/null || true
  done
  trap - INT
  soak_table
}

# Flat or not, by a rule that a saw-tooth passes and a leak does not: what fills up at the start is left out, a tenth of the run and two minutes at least
# (half of a shorter run than four); of the rest, the last quarter's mean lies above the first quarter's by more than the line's share AND the line's slope over the run is more than that share: then it grows.
soak_table() {
  awk -F, -v calls="$soak_calls" -v churn="$soak_churn" '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { n++; for (name in at) v[name, n] = $at[name]; lost += $at["load_calls_lost"]; frames += $at["frames_lost"]; missing += $at["samples_missing"]; under += $at["underruns"]
      late += $at["load_lag_p99_ms"] > 5; if ($at["recordings_bytes"] > most) most = $at["recordings_bytes"] }
    function judge(name, label, divisor, share,   i, x, y, sx, sy, sxx, sxy, m, first, last, slope, quarter, grows) {
      m = n - from + 1; quarter = int(m / 4) > 0 ? int(m / 4) : 1
      for (i = from; i <= n; i++) {
        x = v["seconds", i] / 3600; y = v[name, i] / divisor
        sx += x; sy += y; sxx += x * x; sxy += x * y
        if (i < from + quarter) first += y / quarter
        if (i > n - quarter) last += y / quarter
      }
      slope = m * sxx > sx * sx ? (m * sxy - sx * sy) / (m * sxx - sx * sx) : 0
      grows = last > first * (1 + share) && slope * (v["seconds", n] - v["seconds", from]) / 3600 > first * share
      any = any || grows
      printf "%-16s %13.1f %13.1f %+15.2f   %-5s (%d %%)\n", label, first, last, slope, grows ? "grows" : "flat", share * 100
    }
    END {
      if (n < 4) { print "bench soak: too few samples to say anything" > "/dev/stderr"; exit 1 }
      total = v["seconds", n]; skip = total / 10 > 120 ? total / 10 : total / 2 < 120 ? total / 2 : 120
      for (from = 1; from < n - 1 && v["seconds", from] < skip; from++);
      printf "%d calls, %s a second end and begin, %.0f minutes, %d samples\n", calls, churn, v["seconds", n] / 60, n
      printf "%-16s %13s %13s %15s   (grows beyond)\n", "", "first quarter", "last quarter", "slope an hour"
      judge("rss_kib", "RSS [MiB]", 1024, 0.05)
      judge("fds", "fds", 1, 0.02)
      judge("threads", "threads", 1, 0.1)
      judge("wal_bytes", "WAL [KiB]", 1024, 0.25)
      bad = v["calls_ended_otherwise", n] - 0
      printf "calls: %d begun, %d hung up, %d ended otherwise, %d lost; frames lost %d, samples missing %d, under-runs %d; recordings dropped %d, rows dropped %d; collections %d, heap %.1f MiB a minute; %.3f CPU ms a call-second\n",
        v["calls_started", n], v["calls_hung_up", n], bad, lost, frames, missing, under, v["recordings_dropped", n], v["rows_dropped", n], v["gc_collections", n],
        (v["allocated_bytes", n] - v["allocated_bytes", from]) / 1048576 / ((v["seconds", n] - v["seconds", from]) / 60),
        (v["cpu_seconds", n] - v["cpu_seconds", from]) * 1000 / calls / (v["seconds", n] - v["seconds", from])
      printf "recordings: %.0f MiB at most, what had ended was deleted\n", most / 1048576
      if (late) printf "%d of %d samples: the load itself was late (p99 beyond 5 ms), the machine had other work; what was missed then says little\n", late, n
      exit any || bad || lost ? 1 : 0
    }' "$soak_out"
}

soak_run
