# SPDX-License-Identifier: GPL-2.0
#
# A result as a table for the terminal, and as CSV.
include "units";

# The columns that have anything to say: {name, head, scale}.
def columns:
  . as $r
  | [{name: "goodput_bps", head: "goodput|Mbit/s", scale: 1e-6},
     {name: "goodput_5s_bps", head: "first 5 s|Mbit/s", scale: 1e-6, startup: true},
     {name: "utilisation_pct", head: "util|%", scale: 1},
     {name: "queue_delay_p50_us", head: "queue p50|ms", scale: 1e-3},
     {name: "queue_delay_p95_us", head: "queue p95|ms", scale: 1e-3},
     {name: "srtt_p50_us", head: "sRTT p50|ms", scale: 1e-3},
     {name: "retransmit_pct", head: "retrans|%", scale: 1},
     {name: "jain", head: "Jain|", scale: 1, d: 3},
     {name: "test_share_pct", head: "share|%", scale: 1},
     {name: "convergence_s", head: "converged|s", scale: 1, d: 1}]
  | map(. as $c
        | select($r.summary | any(.metrics[$c.name].median != null))
        | select(($c.startup | not) or ($r.runs | all(.config.warmup_us == 0)
                                        and all(.config.duration_us > 5e6)))
        | .d //= ([$r.summary[].metrics[$c.name] | .median, .max | select(. != null)
                   | . * $c.scale] | decimals));

# Goodput of each flow of a group, when there are a few.
def by_flow($g):
  [range(1; 9) as $i | $g.metrics["flow\($i).goodput_bps"] | select(. != null) | .median]
  | if length < 2 or length > 6 then null
    else
      map(if . == null then null else . * 1e-6 end) | decimals as $d
      | map(fix($d)) | join(" / ") end;

# A metric of a group: {m: median, r: range or ""}.
def spread($c):
  if . == null or .median == null then {m: "–", r: ""}
  else
    [.median, .min, .max] | map(. * $c.scale | fix($c.d))
    | {m: .[0], r: (if .[1] == .[2] then "" else "[\(.[1])–\(.[2])]" end)}
  end;

# Virtual over wall time of the runs of a group, median.
def speed($r; $g):
  [$r.runs[] | select(.point == $g.point and .cc == $g.cc) | .virtual_per_wall
   | select(. != null)] | sort
  | if length == 0 then null else .[(length - 1) / 2 | floor] end;

def pad($n; $right):
  ($n - length) as $k
  | (if $k > 0 then " " * $k else "" end) as $s
  | if $right then $s + . else . + $s end;

# Rows of strings and spreads, the first two of them heads, to aligned lines.
def layout:
  map(map(if type == "string" then {t: .} else . end))
  | . as $rows
  | [range(.[0] | length) as $i | $rows | map(.[$i])
     | (map(.m // "" | length) | max) as $m
     | (map(.r // "" | length) | max) as $r
     | {m: $m, r: $r,
        w: ([map(.t // "" | length) | max, $m + (if $r > 0 then $r + 1 else 0 end)] | max)}]
    as $w
  | map([to_entries[] | $w[.key] as $k | .value
         | if .t != null then .t | pad($k.w; false)
           else
             (.m | pad($k.m; true)) + (if .r == "" then "" else " " + .r end) | pad($k.w; false)
           end]
        | join("  ") | sub(" +$"; ""));

def expectation:
  metric_unit(.metric) as $u
  | ([.low, .high, .measured] | map(select(. != null) * $u.scale) | decimals) as $d
  | def show: if . == null then null else . * $u.scale | fix($d) end;
    {measured: (if .measured == null then "undefined" else .measured | show end),
     range: (if .min == .max then "" else " [\(.min | show)–\(.max | show)]" end),
     band: (if .low == null then "at most \(.high | show)"
            elif .high == null then "at least \(.low | show)"
            else "\(.low | show) to \(.high | show)" end),
     unit: (if $u.unit == "" then "" else " " + $u.unit end)};

def verdict_lines:
  .verdicts[]
  | . as $v | expectation as $x
  | (if .verdict == "pass" then "PASS" else "MISS" end)
    + "  " + ([.cc, (.point | point_words)] | map(select(. != "")) | join(", "))
    + ": " + metric_label(.metric) + " " + $x.measured + $x.unit + $x.range
    + (if .n < .cells then " in \(.n) of \(.cells) seeds" else "" end)
    + ", expected " + $x.band + $x.unit
    + (if .source == "" then "" else "  (" + .source + ")" end);

# warning_lines: a run's remarks. The first say of what kind they are; a run of many flows has hundreds.
def warning_lines:
  "WARNING  \(.cell): \(.warnings[:5][])",
  if (.warnings | length) > 5 then "WARNING  \(.cell): and \((.warnings | length) - 5) more, in the JSON and on the page" else empty end;

def table:
  . as $r | columns as $cols
  | ([.summary[].seeds | length] | distinct) as $seeds
  | (.summary | any(.point != "")) as $points
  | (.summary | any(by_flow(.) != null)) as $flows
  | ([range(2) as $line
      | ["point", "algorithm"] | (if $line == 0 then . else ["", ""] end)
        + ($cols | map(.head | split("|")[$line]))
        + (if $flows then [["by flow", "Mbit/s"][$line]] else [] end)
        + [["virtual", "/wall"][$line]]]
     + (.summary | map(. as $g
        | [(.point | point_words), .cc]
          + ($cols | map(. as $c | $g.metrics[$c.name] | spread($c)))
          + (if $flows then [by_flow($g) // "–"] else [] end)
          + [{m: (speed($r; $g) | if . == null then "–" else fix(2) + "x" end), r: ""}])))
  | (if $points then . else map(.[1:]) end)
  | layout
  | "\($r.scenario.title) (\($r.scenario.name))",
    (if $seeds == [1] then "1 seed"
     else "median [min–max] over \($seeds | map(tostring) | join(" or ")) seeds" end)
    + (if $r.runs[0].config.warmup_us > 0
       then ", the first \($r.runs[0].config.warmup_us | time_words) excluded"
       else "" end),
    "",
    .[],
    ($r | if .verdicts == [] then empty else "", verdict_lines end),
    ($r | mixed_inputs | "", "WARNING  \(.)"),
    ($r.runs | map(select(.warnings != []))
     | if . == [] then empty
       else "", (.[] | warning_lines) end),
    ($r.skipped[] | "SKIPPED  \(.cell): \(.why)");

def csv:
  (.summary[0].metrics | keys_unsorted) as $names
  | ["point", "cc", "seeds"] + ($names | map(., . + ".min", . + ".max")),
    (.summary[] | . as $g
     | [.point, .cc, (.seeds | length)]
       + ($names | map($g.metrics[.] | .median, .min, .max)))
  | @csv;
