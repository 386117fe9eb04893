# SPDX-License-Identifier: GPL-2.0
#
# Plots of a metric against the swept key, one line for each algorithm, and of
# throughput against delay when nothing is swept.
include "units";
include "palette";
include "plot";

# Always these, and whatever the scenario expects something of.
def sweep_metrics:
  ["goodput_bps", "utilisation_pct", "queue_delay_p95_us", "srtt_p50_us", "retransmit_pct",
   "jain", "test_share_pct", "convergence_s"]
  + [.verdicts[].metric] | distinct;

# Ours are filled, the kernel's own are open: colour is not the only sign.
def marker($cc): if $cc | startswith("weir_") then 7 else 6 end;

# How to draw the values of the first swept key: numbers on an axis, or names
# side by side when they are not all of one unit.
def xaxis($parts):
  ($parts | map({text, value, unit}) | distinct) as $vals
  | ($vals | map(.unit) | distinct) as $units
  | ($vals | map(.value)) as $v
  | (all($v[]; . != null) and ($units | length) == 1 and ($vals | length) > 2) as $numeric
  | ($numeric and all($v[]; . > 0) and (($v | max) / ($v | min) >= 20)) as $log
  | {numeric: $numeric, log: $log, vals: $vals, key: $parts[0].key,
     unit: (if ($units | length) == 1 then $units[0] else "" end),
     label: ($parts[0].key + (if $numeric and $units[0] != "" then " (\($units[0]))" else "" end))}
  | .pos = (if $numeric then $vals | map({key: .text, value: .value})
            else $vals | to_entries | map({key: .value.text, value: .key}) end | from_entries)
  | . as $x
  | .lo = ([.pos[]] | min) | .hi = ([.pos[]] | max)
  | .range = (if $log then [.lo / 1.6, .hi * 1.6]
              else (if $numeric then (.hi - .lo) * 0.06 else 0.5 end) as $m | [.lo - $m, .hi + $m] end);

# Tics with names (to gnuplot a tic's name is a number format), leaving out a name that would run into the one before it.
def xtics($x):
  def at: if $x.log then log10 else . end;
  ([$x.range[] | at]) as $r
  | [foreach $x.vals[] as $v ({end: -99};
      ($x.pos[$v.text] | (at - $r[0]) / ($r[1] - $r[0]) * 380) as $px
      | (if $x.numeric then $v.value | tostring else $v.text end) as $name
      | ($name | length * 7) as $w
      | if $px - $w / 2 > .end + 6 then .end = $px + $w / 2 | .name = $name else .name = "" end
      | .at = $x.pos[$v.text]; .)]
  | map("\(.name | gsub("%"; "%%") | q) \(.at)") | join(", ");

def xsetup($x):
  (if $x.log then "set logscale x" else empty end),
  "set xrange [\($x.range[0]):\($x.range[1])]",
  "set xtics (" + xtics($x) + ")",
  "set xlabel \($x.label | q) tc rgb '\(ink)'";

# All sweep plots: {name, metric, title, facet}.
def sweep_index:
  . as $r
  | ([.summary[].point] | distinct | map(point_parts)) as $points
  | if ($points | length) < 2 then []
    else
      ($points | map(.[1].text) | distinct) as $facets
      | [range($facets | length) as $k | $facets[$k] as $facet
         | ($r | sweep_metrics)[] as $m
         # what never happened needs no plot
         | select($r.summary | any(.metrics[$m].max // 0 | . != 0))
         | {name: ("sweep-\($m | slug)" + (if $facet == null then "" else "-\($k + 1)" end)),
            metric: $m, facet: $facet,
            title: (metric_label($m)
                    + (if $facet == null then "" else ", \($points[0][1].key) \($facet)" end))}]
    end;

# Bands of one metric: those that several algorithms share come once, grey.
def bands($verdicts; $x; $scale; $top; $bottom):
  $verdicts
  | map({cc, x: $x.pos[.parts[0].text],
         lo: (if .low == null then $bottom else [.low * $scale, $bottom] | max end),
         hi: (if .high == null then $top else [.high * $scale, $top] | min end)}
        | select(.lo < .hi))
  | group_by([.x, .lo, .hi])
  | map(.[0] + {colour: (if length > 1 then muted else colour(.[0].cc) end)});

def sweep_figure($r; $f):
  metric_unit($f.metric) as $u
  | [$r.summary[] | . + {parts: (.point | point_parts)} | select(.parts[1].text == $f.facet)] as $rows
  | xaxis($rows | map(.parts[0])) as $x
  | ($rows | map(.cc) | distinct) as $ccs
  | [$r.verdicts[] | select(.metric == $f.metric)
     | . + {parts: (.point | point_parts)} | select(.parts[1].text == $f.facet)] as $verdicts
  | [$rows[].metrics[$f.metric] | .min, .max | select(. != null) * $u.scale] as $all
  | ($all | max // 1) as $peak
  | (if $f.metric == "utilisation_pct" or $f.metric == "test_share_pct" then 100
     elif $f.metric == "jain" then 1
     else [$peak, ($verdicts[] | .low, .high | select(. != null) * $u.scale
                   | select(. <= 2 * $peak))] | max end) as $top
  # windows span decades when loss does; the rest is read better from 0
  | ($f.metric | endswith("_pkts") and ($all | min) > 0 and $peak / ($all | min) >= 50) as $log
  | (if $log then ($all | min) / 2 else 0 end) as $bottom
  | (($ccs | length) / 4 | ceil) as $legend
  | (322 + 17 * $legend) as $h
  | bands($verdicts; $x; $u.scale; $top * (if $log then 2 else 1.06 end); $bottom) as $bands
  | terminal($f.name; 460; $h),
    "set lmargin at screen 0.13", "set rmargin at screen 0.97",
    "set bmargin at screen \(52 / $h)", "set tmargin at screen \(1 - (44 + 17 * $legend) / $h)",
    "set label 99 \($f.title + (if $u.unit == "" then "" else " (\($u.unit))" end) | q) at graph 0, screen \(1 - 14 / $h) left tc rgb '\(ink)' font ',13'",
    (if $log then "set logscale y", "set yrange [\($bottom):\($top * 2)]"
     else yaxis($top; []; 5) end),
    xsetup($x),
    "set key off",
    # gnuplot's own key makes room for the longest name in every column
    ($ccs | to_entries[]
     | "set label \(100 + .key) \(.value | q) at screen \(0.145 + 0.215 * (.key % 4)), screen \(1 - (38 + 17 * (.key / 4 | floor)) / $h) left point pt \(marker(.value)) ps 0.8 lw 2 lc rgb '\(colour(.value))' offset 0.4,-0.3 tc rgb '\(ink)' font ',10.5'"),
    ($ccs | to_entries[] | .key as $k | .value as $cc
     | block("$s\($k)"; $rows[] | select(.cc == $cc) | . as $g | .metrics[$f.metric]
             | select(.median != null)
             | "\($x.pos[$g.parts[0].text]) \(.median * $u.scale) \(.min * $u.scale) \(.max * $u.scale)"),
       # a line without a point is a legend without a curve, not an error
       (if any($rows[]; .cc == $cc and .metrics[$f.metric].median != null) then empty
        else block("$s\($k)"; "NaN NaN NaN NaN") end)),
    ($bands | to_entries[] | block("$b\(.key)"; .value | "\(.x) \(.lo) \(.hi)")),
    "plot " + ([
      ($bands | to_entries[]
       | "$b\(.key) u 1:2:(0):($3-$2) w vectors nohead lw 10 lc rgb '#b8\(.value.colour[1:])' notitle"),
      ($ccs | to_entries[]
       | "$s\(.key) u 1:2:3:4 w yerrorbars lw 1.2 pt 0 lc rgb '\(colour(.value))' notitle",
         "$s\(.key) u 1:2 w lp lw 2 pt \(marker(.value)) ps 0.7 lc rgb '\(colour(.value))' notitle")]
      | join(", \\\n  ")),
    "unset output", "undefine $*";

# Goodput against queueing delay, better up and to the right: one mark for
# each algorithm, the range over the seeds as a cross.
def tradeoff_index:
  ([.summary[].point] | distinct) as $points
  | if ($points | length) == 1 and (.summary | length) > 1
    then [{name: "tradeoff", title: "goodput against queueing delay p95"}] else [] end;

def tradeoff_figure($r):
  [$r.summary[] | {cc, d: .metrics.queue_delay_p95_us, g: .metrics.goodput_bps}
   | select(.d.median != null and .g.median != null)] as $rows
  # a queue that was empty has no place on a logarithm's axis
  | def ms: [. * 1e-3, 0.01] | max;
    ([$rows[].d.min | ms] | min / 1.5) as $lo
  | ([$rows[].d.max | ms] | max * 1.5) as $hi
  | ($r.runs[0].config.rate_bps * 1e-6) as $rate
  | ([$rows[].g.max * 1e-6, $rate] | max) as $peak
  | ([$rows[].g.min * 1e-6] | min) as $least
  # marks, unlike bars, need no zero: close ones are told apart
  | (if $least > 0.6 * $peak and $least < $peak then $least - 0.5 * ($peak - $least) else 0 end) as $floor
  | terminal("tradeoff"; 720; 400),
    "set lmargin at screen 0.085", "set rmargin at screen 0.78",
    "set tmargin at screen 0.88", "set bmargin at screen 0.15",
    "set logscale x", "set xrange [\($hi):\($lo)]",
    "set xtics (" + ([range(-2; 5) as $e | 1, 2, 5 | . * pow(10; $e) | select(. >= $lo and . <= $hi)
                     | "'\(. * 1000 | round / 1000)' \(.)"] | join(", ")) + ")",
    "set yrange [\($floor):\($peak + 0.06 * ($peak - $floor))]",
    "set arrow 1 from graph 0, first \($rate) to graph 1, first \($rate) nohead dt (8,5) lw 1 lc rgb '\(muted)' back",
    "set label 1 'link rate' at graph 0.01, first \($rate) left offset 0,0.5 tc rgb '\(muted)' font ',10'",
    "set label 99 'goodput (Mbit/s)' at graph 0, screen 0.955 left tc rgb '\(ink)' font ',13'",
    "set label 98 'better: up and to the right' at graph 1, screen 0.955 right tc rgb '\(muted)' font ',11'",
    "set xlabel 'queueing delay p95 (ms), smaller to the right' tc rgb '\(ink)'",
    "set key at screen 0.8, graph 1 left top Left reverse font ',12'",
    ($rows | to_entries[] | .value as $v
     | block("$t\(.key)"; "\($v.d.median | ms) \($v.g.median * 1e-6) \($v.d.min | ms) \($v.d.max | ms) \($v.g.min * 1e-6) \($v.g.max * 1e-6)")),
    "plot " + ([$rows | to_entries[]
      | "$t\(.key) u 1:2:3:4:5:6 w xyerrorbars lw 1.2 pt 0 lc rgb '\(colour(.value.cc))' notitle",
        "$t\(.key) u 1:2 w points lw 2 pt \(marker(.value.cc)) ps \(if marker(.value.cc) == 7 then 0.8 else 1.2 end) lc rgb '\(colour(.value.cc))' title \(.value.cc | q)"]
      | join(", \\\n  ")),
    "unset output", "undefine $*";

def compare_script:
  . as $r
  | (sweep_index[] as $f | sweep_figure($r; $f)),
    (tradeoff_index[] | tradeoff_figure($r));
