# SPDX-License-Identifier: GPL-2.0
#
# Plots over time: for each point and algorithm the first seed's goodput,
# window, RTT, queue and fairness, one above the other.
include "units";
include "palette";
include "plot";

def left: 64;
def right: 118;
def width: 920;

# Panels: {h: height, draw: lines}. Heights and gaps to margins in screen units.
def figure($name; $title; $duration; $panels):
  38 as $top | 20 as $gap | 50 as $bottom
  | (($panels | map(.h) | add) + ($panels | length - 1) * $gap + $top + $bottom) as $height
  | terminal($name; width; $height),
    "set multiplot",
    "set lmargin at screen \(left / width)",
    "set rmargin at screen \(1 - right / width)",
    "set xrange [0:\($duration)]",
    "set label 99 \($title | q) at screen \(left / width), screen \(1 - 14 / $height) left tc rgb '\(ink)' font ',13'",
    ($panels | length) as $count
    | (foreach $panels[] as $p ({y: $top, i: 0};
        .i += 1 | .at = .y | .y += $p.h + $gap | .p = $p; .)
      | . as $s
      | "set tmargin at screen \(1 - $s.at / $height)",
        "set bmargin at screen \(1 - ($s.at + $s.p.h) / $height)",
        (if $s.i == $count then "set format x '%g'", "set xlabel 'time (s)' tc rgb '\(ink)' offset 0,0.4"
         else "set format x ''", "unset xlabel" end),
        "set ylabel \($s.p.label | q) tc rgb '\(ink)' offset 1,0",
        $s.p.draw[],
        "unset arrow", "unset label", "unset object", "unset key"),
    "unset multiplot",
    "unset output";

def warmup($run):
  if $run.config.warmup_us > 0 then
    "set object 50 rect from graph 0,0 to first \($run.config.warmup_us / 1e6), graph 1 fc rgb '\(veil)' fs solid 1 noborder behind"
  else empty end;

def event_words:
  [(if .rate_bps then .rate_bps | rate_words else empty end),
   (if .rtt_us then "RTT " + (.rtt_us | time_words) else empty end),
   (if .loss_pct then "loss \(.loss_pct)%" else empty end)] | join(", ");

def events($run; $named):
  $run.config.events | to_entries[]
  | "set arrow \(60 + .key) from first \(.value.at_us / 1e6), graph 0 to first \(.value.at_us / 1e6), graph 1 nohead dt (2,3) lw 1 lc rgb '\(muted)' back",
    (if $named then
       "set label \(60 + .key) \(.value | event_words | q) at first \(.value.at_us / 1e6), graph 1.05 left offset -0.4,0 tc rgb '\(muted)' font ',10' front"
     else empty end);

# The value of a config key over time, as steps: [[t, v], ...].
def steps($run; $key):
  ([[0, $run.config[$key]]]
   + [$run.config.events[] | select(.[$key] != null) | [.at_us / 1e6, .[$key]]]) as $s
  | $s + [[$run.config.duration_us / 1e6, $s[-1][1]]];

def plot(curves): "plot " + ([curves] | join(", \\\n  "));

# Colour of each flow of a run.
def colours($run):
  [$run.flows | to_entries[] | . as $f
   | ($run.flows | map(.cc)) as $all
   | flow_colour($f.value.cc; [$all[:$f.key][] | select(. == $f.value.cc)] | length;
                 [$all[] | select(. == $f.value.cc)] | length)];

def flow_names($run):
  ($run.flows | length) as $n
  | [$run.flows | to_entries[] | "\(.key + 1) \(.value.cc)"]
  | if $n > 6 then map("") else . end;

# Largest value of a curve in some runs.
def top($runs; $key): [$runs[].series.flows[][$key].v[]] | max // 0;

# $runs: the runs to draw together, each with series; $c[r][f] their colours;
# $names[r][f] for the legend.
def time_panels($runs; $c; $names; $id):
  $runs[0] as $r
  | [range($runs | length) as $k | range($runs[$k].flows | length) as $i
     | {c: $c[$k][$i], name: $names[$k][$i], id: "\($id)_\($k)_\($i)"}] as $all
  | ($r.flows | length) as $flows
  | (if $flows == 1 then "" else " / \($flows)" end) as $share
  | ($all | length) as $n
  | (if $n > 4 then 1 else 1.6 end) as $lw
  | ([steps($r; "rate_bps")[][1]] | max * 1e-6) as $mbps
  | ($r.config.buffer_pkts + $r.config.bdp_pkts) as $full
  | ($r.flows[0].base_rtt_us * 1e-3) as $base
  | ($r.config | .buffer_pkts * 1514 * 8e3 / .rate_bps) as $drain
  | ($r.config.events | any(.rate_bps != null)) as $varies
  | [
      {h: 170, label: "delivered (Mbit/s)", draw: [
        warmup($r), events($r; true),
        yaxis($mbps; if $varies then [] else [{y: $mbps, text: "link rate"}] end; 5),
        (if $n > 1 and $n <= 6 then
           "set key at graph 1, screen 1 right top horizontal maxrows 1 font ',12' Left reverse"
         else "set key off" end),
        block("$rate"; steps($r; "rate_bps")[] | "\(.[0]) \(.[1] * 1e-6)"),
        plot(
          (if $varies then "$rate u 1:2 w steps dt (8,5) lw 1 lc rgb '\(muted)' notitle" else empty end),
          ($all[] | "$g\(.id) u 1:2 w lines lw \($lw) lc rgb '\(.c)' title \(.name | q)"))]},
      {h: 170, label: "window (packets)", draw: [
        warmup($r), events($r; false),
        yaxis(top($runs; "cwnd_pkts");
              [{y: ($r.config.bdp_pkts / $flows), text: "BDP\($share)"},
               {y: ($full / $flows),
                text: (if $flows == 1 then "BDP + buffer" else "(BDP + buffer)\($share)" end)}]; 5),
        "set key off",
        plot(
          (if $n <= 2 then $all[] | "$f\(.id) u 1:2 w lines lw 0.7 lc rgb '\(shade(.c; 0.5))' notitle"
           else empty end),
          ($all[] | "$w\(.id) u 1:2 w lines lw \($lw) lc rgb '\(.c)' notitle"))]},
      {h: 140, label: "smoothed RTT (ms)", draw: [
        warmup($r), events($r; false),
        yaxis(top($runs; "srtt_us") * 1e-3;
              [{y: $base, text: "base RTT"}]
              + (if $varies then [] else [{y: ($base + $drain), text: "+ full buffer"}] end); 4),
        "set key off",
        plot($all[] | "$r\(.id) u 1:2 w lines lw \($lw) lc rgb '\(.c)' notitle")]},
      {h: 110, label: "queue (packets)", draw: [
        warmup($r), events($r; false),
        yaxis([$runs[].series.queue_pkts.v[]] | max // 0;
              [{y: $r.config.buffer_pkts, text: "buffer"}]; 4),
        "set key off",
        plot(
          if ($runs | length) == 1 then
            "$q\($id)_0 u 1:2 w filledcurves y=0 fc rgb '\(shade($c[0][0]; 0.3))' notitle"
          else
            range($runs | length) as $k
            | "$q\($id)_\($k) u 1:2 w lines lw \($lw) lc rgb '\($c[$k][0])' notitle"
          end)]},
      (if ($runs | length) == 1 and $n > 1 and any($r.fairness.jain_1s[]; . != null) then
        {h: 80, label: "Jain, 1 s", draw: [
          warmup($r), events($r; false),
          yaxis(1; [{y: 1, text: "even"}]; 2),
          "set key off",
          block("$j"; $r.fairness.jain_1s | to_entries[]
                | "\(.key) \(.value | n)", "\(.key + 1) \(.value | n)"),
          plot("$j u 1:2 w lines lw 1.6 lc rgb '\(ink)' notitle")]}
       else empty end)
    ];

def time_data($runs; $id):
  range($runs | length) as $k
  | $runs[$k].series as $s
  | ($s.queue_pkts | curve("$q\($id)_\($k)"; 1)),
    (range($s.flows | length) as $i | $s.flows[$i]
     | ((if .delivered_bps.t_s == [] then .goodput_bps else .delivered_bps end) | curve("$g\($id)_\($k)_\($i)"; 1e-6)),
       (.cwnd_pkts | curve("$w\($id)_\($k)_\($i)"; 1)),
       (.inflight_pkts | curve("$f\($id)_\($k)_\($i)"; 1)),
       (.srtt_us | curve("$r\($id)_\($k)_\($i)"; 1e-3)));

def time_figure($name; $title; $runs; $c; $names):
  time_data($runs; "d"),
  figure($name; $title; $runs[0].config.duration_us / 1e6;
         time_panels($runs; $c; $names; "d")),
  "undefine $*";

# Every figure: {name, kind, point, cc, title}, without drawing it.
def time_index:
  [.runs[] | select(.series)] as $all
  | ($all | map(.point) | distinct) as $points
  | [($points[] as $p
      | [$all[] | select(.point == $p)] as $here
      | (if ($here | length) > 1 and ($here | length) <= 4 and all($here[]; .flows | length == 1)
         then {kind: "overlay", point: $p, cc: null, title: "all algorithms"} else empty end),
        ($here[] | {kind: "run", point: .point, cc: .cc, seed: .seed, title: .cc}))]
  | to_entries | map(.value + {name: "time-\(.key + 1)-\(.value | "\(.point) \(.cc // "all")" | slug)"});

def time_script:
  . as $r
  | time_index[] as $f
  | [$r.runs[] | select(.series and .point == $f.point and ($f.cc == null or .cc == $f.cc))] as $runs
  | ([$f.point | point_words, $f.title, "seed \($runs[0].seed)"] | map(select(. != "")) | join(", ")) as $title
  | if $f.kind == "overlay" then
      time_figure($f.name; $title; $runs; $runs | map([colour(.cc)]); $runs | map([.cc]))
    else
      time_figure($f.name; $title; $runs; [colours($runs[0])]; [flow_names($runs[0])])
    end;
