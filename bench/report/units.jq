# SPDX-License-Identifier: GPL-2.0
#
# Numbers and points for people.

# fix(D): with D decimals; null becomes a dash.
def fix($d):
  if . == null then "–"
  else
    pow(10; $d) as $k
    | (. * $k | round) as $n
    | (if $n < 0 then "-" else "" end) as $sign
    | ($n | fabs) as $n
    | ($n / $k | floor | tostring) as $int
    | if $d == 0 then $sign + $int
      else
        ($n - ($n / $k | floor) * $k | tostring) as $frac
        | $sign + $int + "." + ("0" * ($d - ($frac | length)) // "") + $frac
      end
  end;

# decimals: how many a column needs, so that its smallest value keeps two
# digits where three decimals allow that.
def decimals:
  map(select(. != null) | fabs | select(. > 0)) | (max // 0) as $max | (min // 0)
  | if $max >= 10000 then 0 elif . >= 100 then 1 elif . >= 0.1 then 2 else 3 end;

# human: a lone number at three or four significant digits.
def human:
  fabs as $v
  | fix(if $v >= 1000 or $v == 0 then 0 elif $v >= 100 then 1 elif $v >= 1 then 2 else 3 end);

# Inputs that should be one for all runs, and are not.
def mixed_inputs:
  .inputs | to_entries[]
  | select(.key | . == "kernel_package" or . == "vmlinuz_sha256" or . == "initramfs_sha256" or . == "qemu")
  | select(.value | length > 1)
  | "the runs do not share one \(.key | sub("_sha256"; "") | gsub("_"; " ")): \(.value | length) distinct; run all again before comparing closely";

# A metric's unit for people: {scale, unit, label}.
def metric_unit($name):
  ($name | sub("^flow[0-9]+\\."; "")) as $n
  | if $n | endswith("_bps") then {scale: 1e-6, unit: "Mbit/s"}
    elif $n | endswith("_us") then {scale: 1e-3, unit: "ms"}
    elif $n | endswith("_pct") then {scale: 1, unit: "%"}
    elif $n | endswith("_pkts") then {scale: 1, unit: "pkt"}
    elif $n == "convergence_s" then {scale: 1, unit: "s"}
    else {scale: 1, unit: ""} end;

# A metric's name for people.
def metric_label($name):
  ($name | capture("^(?<f>flow[0-9]+)\\.(?<m>.*)") // {f: "", m: $name})
  | (if .f == "" then "" else (.f | sub("flow"; "flow ")) + " " end)
    + ({
        goodput_bps: "goodput",
        goodput_5s_bps: "goodput, first 5 s",
        utilisation_pct: "utilisation",
        utilisation_lull_pct: "utilisation of the worst 200 ms",
        queue_delay_p50_us: "queueing delay p50",
        queue_delay_p95_us: "queueing delay p95",
        queue_delay_p99_us: "queueing delay p99",
        queue_delay_mean_us: "mean queueing delay",
        queue_delay_max_us: "largest queueing delay",
        queue_p50_pkts: "queue p50",
        queue_mean_pkts: "mean queue",
        srtt_p50_us: "smoothed RTT p50",
        srtt_p95_us: "smoothed RTT p95",
        srtt_p99_us: "smoothed RTT p99",
        retransmit_pct: "retransmitted",
        drop_pct: "dropped",
        jain: "Jain's index",
        convergence_s: "convergence",
        test_share_pct: "share of the algorithm under test",
        share_pct: "share",
        cwnd_mean_pkts: "mean window",
        window_by_rate_pkts: "window by rate"
      }[.m] // (.m | sub("_(bps|us|pct|pkts|s|bytes)$"; "") | gsub("_"; " ")));

# "loss=0.1%,rtt=10ms" -> [{key, text, value, unit}]; value null if no number.
def point_parts:
  if . == "" then []
  else
    split(",") | map(
      capture("^(?<key>[^=]*)=(?<text>.*)$") // {key: "", text: .}
      | . + ((.text | capture("^(?<n>-?[0-9.]+(e-?[0-9]+)?)(?<u>[A-Za-z%]*)$"))
             // {n: "", u: ""})
      | {key, text, value: (.n | tonumber? // null), unit: .u})
  end;

# The same point in words.
def point_words:
  if . == "" then "" else point_parts | map("\(.key) \(.text)") | join(", ") end;

# Distinct values in order of appearance.
def distinct: reduce .[] as $x ([]; if index([$x]) then . else . + [$x] end);

def rate_words:
  if . >= 1e9 then "\(. / 1e9) Gbit/s"
  elif . >= 1e6 then "\(. / 1e6) Mbit/s"
  else "\(. / 1e3) kbit/s" end;

def time_words:
  if . >= 1e6 or . == 0 then "\(. / 1e6) s" elif . >= 1e3 then "\(. / 1e3) ms" else "\(.) µs" end;

def plural($n; $word): "\($n) \($word)\(if $n == 1 then "" else "s" end)";

# A file name from any text.
def slug: gsub("[^A-Za-z0-9._=-]+"; "-") | gsub("=|%"; "") | gsub("^-+|-+$"; "") | if . == "" then "run" else . end;
