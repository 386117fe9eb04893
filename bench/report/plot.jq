# SPDX-License-Identifier: GPL-2.0
#
# What all plots share: gnuplot commands as lines of text. The greys are stood
# in for by the page's own colours when a plot is put into the page.
include "palette";

def ink: "#1b1f24";
def muted: "#6b7480";
def grid: "#e4e7eb";
def veil: "#eef1f4";

# A gnuplot string.
def q: "'" + (tostring | gsub("'"; "''")) + "'";

# One decimal less noise than a double has.
def n: if . == null then "NaN" else tostring end;

def terminal($name; $w; $h):
  "reset",
  "set terminal svg size \($w),\($h) dynamic noenhanced font 'sans-serif,12' name \($name | gsub("[^A-Za-z0-9]"; "_") | q) background '#ffffff'",
  "set output \($name + ".svg" | q)",
  "set border 3 lc rgb '\(muted)' lw 1",
  "set tics nomirror textcolor rgb '\(ink)' scale 0.6",
  "set grid lt 1 lc rgb '\(grid)' lw 1",
  "set key tc rgb '\(ink)' samplen 1.6 spacing 1.1 width 0 noautotitle",
  "set style fill solid 1 noborder";

# A data block of rows, each a string.
def block($name; rows): "\($name) << EOD", rows, "EOD";

# A curve {t_s, v} with its values scaled.
def curve($name; $scale):
  (.v) as $v
  | block($name; range(.t_s | length) as $i
                 | "\(.t_s[$i]) \($v[$i] | if . == null then "NaN" else . * $scale end)");

# A round number of at least X / N: the distance of N tics or fewer.
def nice($x; $n):
  if $x <= 0 then 1
  else
    ($x / $n) as $raw
    | pow(10; $raw | log10 | floor) as $p
    | [1, 2, 2.5, 5, 10] | map(. * $p) | map(select(. >= $raw * 0.999)) | first
  end;

# The y axis from 0 for values up to $peak and the guides ({y, text}) that are
# not too far above them; a guide further up would flatten the curves.
def yaxis($peak; $guides; $tics):
  ($guides | map(select(.y <= 2.2 * $peak))) as $near
  | ([$peak, $near[].y] | max | if . > 0 then . * 1.06 else 1 end) as $top
  | "set yrange [0:\($top)]",
    "set ytics 0, \(nice($top; $tics))",
    ($near | to_entries[]
     | "set arrow \(.key + 1) from graph 0, first \(.value.y) to graph 1, first \(.value.y) nohead dt (8,5) lw 1 lc rgb '\(muted)' back",
       "set label \(.key + 1) \(.value.text | q) at graph 1.01, first \(.value.y) left tc rgb '\(muted)' font ',10'");
