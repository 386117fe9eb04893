# SPDX-License-Identifier: GPL-2.0
#
# Two results side by side, as lines of text. Input: [A, B].
include "units";
include "table";

def compared:
  [{name: "goodput_bps", head: "goodput|Mbit/s", scale: 1e-6},
   {name: "queue_delay_p95_us", head: "queue p95|ms", scale: 1e-3},
   {name: "srtt_p50_us", head: "sRTT p50|ms", scale: 1e-3},
   {name: "retransmit_pct", head: "retrans|%", scale: 1},
   {name: "jain", head: "Jain|", scale: 1, d: 3}];

# The same point and algorithm of another result.
def same($g): [.summary[] | select(.point == $g.point and .cc == $g.cc)][0];

# "12.3 -> 11.9 -3.3%"; a star if the ranges over the seeds do not touch.
def change($a; $b; $c):
  if $a.median == null or $b.median == null then "–"
  else
    ([$a.median, $b.median] | map(. * $c.scale)) as $v
    | ($c.d // ($v | decimals)) as $d
    | ($v | map(fix($d))) as $t
    | if $a.median == $b.median then "\($t[0]) ="
      else
        "\($t[0]) -> \($t[1])"
        + (if $a.median == 0 then "" else
             ((($b.median / $a.median - 1) * 100) as $p | " \(if $p > 0 then "+" else "" end)\($p | fix(1))%") end)
        + (if $a.max < $b.min or $b.max < $a.min then " *" else "" end)
      end
  end;

def compare:
  .[0] as $a | .[1] as $b | compared as $cols
  | [$a.summary[] | . as $g | {a: ., b: ($b | same($g))} | select(.b)] as $pairs
  | if $pairs == [] then "nothing in common: no point and algorithm is in both results"
    else
      "\($a.scenario.name), \(plural($a.runs | length; "run")) -> \($b.scenario.name), \(plural($b.runs | length; "run"))",
      "medians over the seeds; * marks a change larger than the spread of the seeds",
      "",
      ([range(2) as $l | ["point", "algorithm"] | (if $l == 0 then . else ["", ""] end)
        + ($cols | map(.head | split("|")[$l]))]
       + ($pairs | map(. as $p
          | [($p.a.point | point_words), $p.a.cc]
            + ($cols | map(. as $c | change($p.a.metrics[$c.name]; $p.b.metrics[$c.name]; $c)))))
       | (if any($pairs[]; .a.point != "") then . else map(.[1:]) end)
       | layout[]),
      (([$a.summary[] | . as $g | select($b | same($g) | not)]
        + [$b.summary[] | . as $g | select($a | same($g) | not)]) as $alone
       | if $alone == [] then empty
         else "", "only in one of them: " + ($alone | map([.cc, (.point | point_words)] | map(select(. != "")) | join(", ")) | join("; ")) end)
    end;

# Harm to a flow by company (Ware et al., HotNets 2019). Input: [SOLO, MIXED].
# More is better: (solo - x) / solo. Less is better: (x - solo) / x.
def harm_more($solo; $x): if $solo == null or $x == null or $solo == 0 then null else ($solo - $x) / $solo end;
def harm_less($solo; $x): if $solo == null or $x == null or $x == 0 then null else ($x - $solo) / $x end;

def harm_rows:
  .[0] as $solo | .[1] as $mixed
  | $mixed.summary[] as $g
  | ([$mixed.runs[] | select(.point == $g.point and .cc == $g.cc)][0].flows | to_entries[]
     | select(.value.under_test | not)) as $victim
  | ([$solo.summary[] | select(.cc == $victim.value.cc and .point == $g.point)][0]
     // ([$solo.summary[] | select(.cc == $victim.value.cc)] | if length == 1 then .[0] else null end)) as $alone
  | select($alone)
  | ("flow\($victim.key + 1)." as $p
     | {point: $g.point, cc: $g.cc, victim: $victim.value.cc,
        goodput: harm_more($alone.metrics["flow1.goodput_bps"].median; $g.metrics[$p + "goodput_bps"].median),
        rtt: harm_less($alone.metrics["flow1.srtt_p50_us"].median; $g.metrics[$p + "srtt_p50_us"].median),
        retransmit: harm_less($alone.metrics["flow1.retransmit_pct"].median; $g.metrics[$p + "retransmit_pct"].median)});

def harm:
  . as $in
  | [harm_rows] as $rows
  | if $rows == [] then "no harm to tell: the second result needs a flow whose algorithm the first result ran alone"
    else
      "harm to a flow by its company: 0 none, 1 total; alone in \($in[0].scenario.name), in company in \($in[1].scenario.name)",
      "an algorithm may join another if it harms it no more than that does itself",
      "",
      ([["point", "company", "harmed", "goodput", "sRTT p50", "retrans", ""]]
       + ($rows | map(. as $r
          | ([$rows[] | select(.point == $r.point and .victim == $r.victim and .cc == $r.victim)][0]) as $own
          | [(.point | point_words), .cc, .victim]
            + ([.goodput, .rtt, .retransmit] | map(if . == null then "–" else fix(3) end))
            + [if .cc == .victim or $own == null or .goodput == null then ""
               elif .goodput <= $own.goodput then "no more than itself" else "more than itself" end]))
       | (if any($rows[]; .point != "") then . else map(.[1:]) end)
       | layout[])
    end;
