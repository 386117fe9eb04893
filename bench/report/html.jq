# SPDX-License-Identifier: GPL-2.0
#
# A result as one page. A line "@@SVG name@@" stands where the plot goes.
# Well-formed as XML too, so that any checker can read it.
include "units";
include "palette";
include "table";
include "time";
include "sweep";

def esc: tostring | @html;

def swatch($cc):
  "<span class=\"swatch\" style=\"background:\(if $cc == "bbr" then "var(--bbr)" else colour($cc) end)\"></span>";

def algorithm($cc): "<span class=\"cc\">\(swatch($cc))\($cc | esc)</span>";

def section($id; $title; $lead; body):
  "<section id=\"\($id)\">", "<h2>\($title | esc)</h2>",
  (if $lead == "" then empty else "<p class=\"lead\">\($lead)</p>" end), body, "</section>";

# --- top ---------------------------------------------------------------------

def verdict_count: [(.verdicts | map(select(.verdict == "pass")) | length), (.verdicts | length)];

def chips:
  ([.summary[].seeds | length] | distinct) as $seeds
  | verdict_count as $v
  | "<p class=\"chips\">",
    (if $v[1] == 0 then empty
     else "<span class=\"chip \(if $v[0] == $v[1] then "pass" else "miss" end)\">\($v[0]) of \($v[1]) expectations met</span>" end),
    "<span class=\"chip\">\(plural([.summary[].cc] | distinct | length; "algorithm"))</span>",
    (([.summary[].point] | distinct | length) as $n
     | if $n > 1 then "<span class=\"chip\">\(plural($n; "point"))</span>" else empty end),
    "<span class=\"chip\">\($seeds | map(tostring) | join(" or ")) seed\(if $seeds == [1] then "" else "s" end)</span>",
    "<span class=\"chip\">\(plural(.runs | length; "run"))</span>",
    (if .virtual_s and .wall_s and .wall_s > 0 then
       "<span class=\"chip\">\(.virtual_s | human) s virtual in \(.wall_s | human) s</span>" else empty end),
    "</p>";

def header:
  "<header>",
  "<p class=\"eyebrow\">weir bench · \(.scenario.name | esc)</p>",
  "<h1>\(.scenario.title | esc)</h1>",
  (if .scenario.about then "<p class=\"about\">\(.scenario.about | esc)</p>" else empty end),
  chips, "</header>";

def notices:
  ([mixed_inputs] + [.runs[] | . as $run | .warnings[] | "\($run.cell): \(.)"]
   + [.skipped[] | "\(.cell) is missing from everything below: \(.why)"]) as $w
  | if $w == [] then empty
    else
      "<aside class=\"notice\"><strong>\(plural($w | length; "remark"))</strong>",
      (if ($w | length) > 6 then "<details><summary>show them</summary>" else empty end),
      "<ul>", ($w[] | "<li>\(esc)</li>"), "</ul>",
      (if ($w | length) > 6 then "</details>" else empty end),
      "</aside>"
    end;

# --- verdicts ------------------------------------------------------------------

# Where the measured range lies against the band, 150 by 18 pixels.
def gauge:
  [.min, .max, .measured, .low, .high | select(. != null)] as $all
  | if .measured == null then ""
    else
      ($all | min) as $a | ($all | max) as $b
      | ((if $b > $a then $b - $a else ($b | fabs) + 1e-9 end) * 0.12) as $m
      | def x: (. - $a + $m) / ($b - $a + 2 * $m) * 150 * 10 | round / 10;
        (if .low == null then 0 else .low | x end) as $l
      | (if .high == null then 150 else .high | x end) as $h
      | "<svg class=\"gauge\" viewBox=\"0 0 150 18\" role=\"img\" aria-label=\"measured against expected\">"
        + "<line x1=\"0\" y1=\"9\" x2=\"150\" y2=\"9\" stroke=\"var(--grid)\" stroke-width=\"2\"/>"
        + "<rect x=\"\($l)\" y=\"3\" width=\"\([$h - $l, 1.5] | max * 10 | round / 10)\" height=\"12\" rx=\"2\" fill=\"var(--band)\"/>"
        + "<line x1=\"\(.min | x)\" y1=\"9\" x2=\"\(.max | x)\" y2=\"9\" stroke=\"var(--\(.verdict))\" stroke-width=\"2\"/>"
        + "<circle cx=\"\(.measured | x)\" cy=\"9\" r=\"4\" fill=\"var(--\(.verdict))\"/></svg>"
    end;

def verdicts:
  if .verdicts == [] then empty
  else
    section("verdicts"; "Expected and measured";
      "Each line holds the median over the seeds against a band known beforehand. A miss stays a miss.";
      (any(.verdicts[]; .point != "") as $points
       | "<div class=\"scroll\"><table><thead><tr><th></th>"
         + (if $points then "<th>point</th>" else "" end)
         + "<th>algorithm</th><th>metric</th><th class=\"r\">measured</th><th class=\"r\">expected</th><th></th><th>source</th></tr></thead><tbody>",
         (.verdicts[] | expectation as $x
          | "<tr><td><span class=\"verdict \(.verdict)\">\(.verdict | ascii_upcase)</span></td>"
            + (if $points then "<td>\(.point | point_words | esc)</td>" else "" end)
            + "<td>\(algorithm(.cc))</td><td>\(metric_label(.metric) | esc)</td>"
            + "<td class=\"r\"><b>\($x.measured)</b>\($x.unit)"
            + (if .measured != null and .min != .max then "<small>\($x.range | ltrimstr(" [") | rtrimstr("]"))</small>" else "" end)
            + "</td><td class=\"r\">\($x.band | esc)\($x.unit)</td><td>\(gauge)</td><td class=\"source\">\(.source | esc)</td></tr>"),
         "</tbody></table></div>"))
  end;

# --- results -------------------------------------------------------------------

def csv_link:
  "<a download=\"\(.scenario.name | slug).csv\" href=\"data:text/csv;base64,\([csv] | join("\n") + "\n" | @base64)\">all metrics as CSV</a>";

def results:
  . as $r | columns as $cols
  | (.summary | any(.point != "")) as $points
  | (.summary | any(by_flow(.) != null)) as $flows
  | ([.summary[].seeds | length] | max) as $seeds
  | section("results"; "Results";
      (if $seeds > 1 then "Median over the seeds, below it the range from the smallest to the largest. " else "One seed. " end)
      + (if .runs[0].config.warmup_us > 0 then "The first \(.runs[0].config.warmup_us | time_words) are excluded as warm-up. " else "No warm-up is excluded. " end)
      + csv_link;
      "<div class=\"scroll\"><table class=\"results\"><thead><tr>"
      + (if $points then "<th>point</th>" else "" end) + "<th>algorithm</th>"
      + ($cols | map(.head | split("|") | "<th class=\"r\">\(.[0] | esc)<small>\(.[1] | esc)</small></th>") | add)
      + (if $flows then "<th class=\"r\">by flow<small>Mbit/s</small></th>" else "" end)
      + "<th class=\"r\">virtual<small>/ wall</small></th></tr></thead><tbody>",
      (foreach .summary[] as $g ({last: null}; .new = (.last != $g.point) | .last = $g.point | .g = $g; .)
       | .g as $g
       | "<tr\(if .new and $points then " class=\"new\"" else "" end)>"
         + (if $points then "<td>\(if .new then $g.point | point_words | esc else "" end)</td>" else "" end)
         + "<td>\(algorithm($g.cc))</td>"
         + ($cols | map(. as $c | $g.metrics[$c.name] | spread($c)
            | "<td class=\"r\">\(.m)\(if .r == "" then "" else "<small>\(.r[1:-1])</small>" end)</td>") | add)
         + (if $flows then "<td class=\"r\">\(by_flow($g) // "–")</td>" else "" end)
         + "<td class=\"r\">\(speed($r; $g) | if . == null then "–" else fix(2) + "×" end)</td></tr>"),
      "</tbody></table></div>");

# --- plots ---------------------------------------------------------------------

def figure_html($f; $class):
  "<figure class=\"\($class)\">", "@@SVG \($f.name)@@", "</figure>";

def comparison:
  (sweep_index + tradeoff_index) as $figs
  | if $figs == [] then empty
    else
      section("comparison"; "Comparison";
        (if $figs[0].name == "tradeoff" then "Each mark is a median, its cross the range over the seeds. "
         else "Lines join medians, bars span the seeds. " end)
        + "Filled marks are this project's modules, open ones the kernel's own. "
        + (if .verdicts == [] or $figs[0].name == "tradeoff" then "" else "Shaded bars are the expected bands." end);
        "<div class=\"grid\">", ($figs[] | figure_html(.; if .name == "tradeoff" then "wide" else "" end)), "</div>")
    end;

def over_time:
  time_index as $figs
  | if $figs == [] then empty
    else
      section("time"; "Over time";
        "The first seed of each point and algorithm, thinned so that no extreme is lost. Delivered is what was acknowledged or SACKed. Dashed lines: the link's rate, the bandwidth-delay product (BDP), the RTT of the empty path. The shaded start is the warm-up. A thin line below the window is what is in flight.";
        ($figs | to_entries[]
         | .value as $f
         | "<details class=\"plot\"\(if .key == 0 then " open=\"open\"" else "" end)><summary>"
           + ([($f.point | point_words | esc),
               (if $f.cc then algorithm($f.cc) else $f.title | esc end)] | map(select(. != "")) | join(" · "))
           + "</summary>",
           figure_html($f; ""),
           "</details>"))
    end;

# --- set-up and provenance -------------------------------------------------------

def row($k; $v): "<tr><th>\($k | esc)</th><td>\($v)</td></tr>";

# What a config key was: one value, or all of them if it was swept.
def values($key; show): [.runs[].config[$key]] | distinct | map(show) | join(", ");

def flow_rows:
  .runs[0].flows as $f
  | (if ($f | length) > 8 then $f[:3] else $f end) | to_entries[]
  | row("flow \(.key + 1)";
        (if .value.under_test then "the algorithm under test" else .value.cc | esc end)
        + ", from \(.value.start_us | time_words) to \(.value.stop_us | time_words), base RTT \(.value.base_rtt_us | time_words)");

def setup:
  . as $r
  | section("setup"; "Set-up"; "";
      "<div class=\"scroll\"><table class=\"facts\"><tbody>",
      row("link rate"; values("rate_bps"; rate_words)),
      row("path delay"; values("rtt_us"; time_words)),
      row("buffer"; [.runs[].config | "\(.buffer_text) = \(plural(.buffer_pkts; "packet"))"] | distinct | map(esc) | join(", ")),
      row("BDP"; values("bdp_pkts"; "\(human) packets")),
      (if any(.runs[]; .config.loss_pct > 0) then row("random loss"; values("loss_pct"; "\(.) %")) else empty end),
      (if any(.runs[]; .config.drop_every > 0) then row("one packet dropped in"; values("drop_every"; tostring)) else empty end),
      row("duration"; values("duration_us"; time_words)),
      row("warm-up"; values("warmup_us"; time_words)),
      (.runs[0].config.events[] | row("at \(.at_us | time_words)"; event_words)),
      (([.runs[].config.params[]] | distinct) as $p
       | if $p == [] then empty else row("module parameters"; $p | map("<code>\(esc)</code>") | join(" ")) end),
      flow_rows,
      (if (.runs[0].flows | length) > 8 then row("…"; "\(.runs[0].flows | length) flows in all") else empty end),
      row("seeds"; [.runs[].seed] | distinct | map(tostring) | join(", ")),
      "</tbody></table></div>",
      (if .scenario.text then
         "<details><summary>the scenario as written</summary><pre>\(.scenario.text | esc)</pre></details>"
       else empty end));

def input_name:
  {qemu: "QEMU", kernel_package: "kernel package", vmlinuz_sha256: "kernel, sha256",
   initramfs_sha256: "initramfs with the modules, sha256", cmdline: "kernel command line",
   release: "kernel release", kernel: "kernel"}[.] // gsub("_"; " ");

def provenance:
  section("provenance"; "Where the figures come from";
    "The same inputs give the same bits. Another seed is another realisation; repeating a seed repeats the result.";
    "<div class=\"scroll\"><table class=\"facts\"><tbody>",
    (if .command then row("command"; "<code>\(.command | esc)</code>") else empty end),
    (if .scenario.sha256 then row("scenario, sha256"; "<code>\(.scenario.sha256)</code>") else empty end),
    (.inputs | to_entries[]
     | row(.key | input_name;
           (.value | map(if type == "string" then . else tojson end)
            | if length > 3 then .[:2] + ["… \(length) distinct values"] else . end
            | map("<code>\(esc)</code>") | join("<br/>")))),
    "</tbody></table></div>",
    "<details><summary>\(plural(.runs | length; "run"))</summary><div class=\"scroll\"><table><thead><tr><th>cell</th><th class=\"r\">seed</th><th class=\"r\">virtual s</th><th class=\"r\">wall s</th><th>hash of its inputs</th></tr></thead><tbody>",
    (.runs[] | "<tr><td><code>\(.cell | esc)</code></td><td class=\"r\">\(.seed)</td><td class=\"r\">\(.virtual_s | if . == null then "–" else human end)</td><td class=\"r\">\(.wall_s | if . == null then "–" else human end)</td><td><code>\(.input_hash // "–" | esc)</code></td></tr>"),
    "</tbody></table></div></details>");

def definitions:
  section("definitions"; "What the metrics mean";
    "Percentiles are nearest rank, weighted by the time a value held. Goodput is the receiver's.";
    "<details><summary>all metrics</summary><dl>",
    (.definitions | to_entries[] | .key as $scope | .value | to_entries[]
     | "<dt><code>\(if $scope == "flow" then "flow<i>." else "" end | esc)\(.key)</code></dt><dd>\(.value | esc)</dd>"),
    "</dl></details>");

def page($css; $source):
  "<!DOCTYPE html>",
  "<html lang=\"en\"><head><meta charset=\"utf-8\"/>",
  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>",
  "<meta name=\"color-scheme\" content=\"light dark\"/>",
  "<title>\(.scenario.title | esc) · weir bench</title>",
  "<style>", $css, "</style></head><body><main>",
  header, notices, verdicts, results, comparison, over_time, setup, provenance, definitions,
  "<footer>Made by weir's bench from \($source | esc), which holds every number on this page.</footer>",
  "</main></body></html>";
