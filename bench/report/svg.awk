# SPDX-License-Identifier: GPL-2.0
#
# Tidies gnuplot's SVG: drops empty groups, unused markers and the version
# note, writes colours as #rrggbb, and gives every file its own ids. With
# -v inline=1 the result is for a page: no prolog, no background, and the
# greys are the page's, so that a dark page has light axes.
#
# usage: awk -v id=NAME [-v inline=1] -f svg.awk FILE.svg

function hex(s,   p, n, c, i, out) {
	n = split(s, c, ",")
	out = "#"
	for (i = 1; i <= n; i++)
		out = out sprintf("%02x", c[i] + 0)
	return out
}

function colours(line,   out, c) {
	while (match(line, /rgb\([ 0-9,]*\)/)) {
		c = hex(substr(line, RSTART + 4, RLENGTH - 5))
		out = out substr(line, 1, RSTART - 1) c
		line = substr(line, RSTART + RLENGTH)
	}
	return out line
}

function reference(line) {
	while (match(line, /href='#[^']*'/)) {
		used[substr(line, RSTART + 7, RLENGTH - 8)] = 1
		line = substr(line, RSTART + RLENGTH)
	}
}

# id of a marker
function name_of(line) {
	if (line !~ /^ ?<[a-z]+ .*id='/)
		return ""
	sub(/.* id='/, "", line)
	sub(/'.*/, "", line)
	return line
}

function in_page(line) {
	sub(/xmlns="[^"]*"/, "", line)
	sub(/^<svg/, "<svg role=\"img\" class=\"plot\"", line)
	gsub(/#1b1f24|black/, "var(--ink)", line)
	gsub(/#6b7480/, "var(--muted)", line)
	gsub(/#e4e7eb/, "var(--grid)", line)
	gsub(/#eef1f4/, "var(--veil)", line)
	gsub(/#abd9e9/, "var(--bbr)", line)
	gsub(/#ffffff|#FFFFFF/, "var(--card)", line)
	sub(/<title>.*<\/title>/, "", line)
	# what gnuplot repeats for every line and tic is in the page's style once
	sub(/fill="none" color="[^"]*" stroke="currentColor" stroke-width="1.00" stroke-linecap="butt" stroke-linejoin="miter"/, "class=\"d\"", line)
	sub(/stroke-linecap="butt" stroke-linejoin="miter"/, "", line)
	return line
}

{
	line = colours($0)
	gsub(/ +font-family="sans-serif" */, " ", line)
	gsub(/<text><tspan *>/, "<text>", line)
	gsub(/<\/tspan><\/text>/, "</text>", line)
	gsub(/xlink:href/, "href", line)
	gsub(/ class="gridline" /, "", line)
	gsub(/gnuplot_plot_/, id "-p", line)
	gsub(/gnuplot_canvas/, id, line)
	gsub(/gp(Dot|Pt)/, id "-&", line)
	sub(/[ \t]+$/, "", line)
	gsub(/[ \t]+/, " ", line)
	text[++n] = line
	if (line ~ /<\/defs>/)
		defs = n
	if (defs)
		reference(line)
}

END {
	# a marker may refer to one before it, so go backwards
	for (i = defs; i > 0; i--)
		if (name_of(text[i]) in used)
			reference(text[i])
	for (i = 1; i <= n; i++) {
		line = text[i]
		if (line ~ /<\?xml|xmlns:xlink|<desc>/ || line ~ /^ ?$/)
			continue
		if (line ~ /<filter /) {
			while (text[i] !~ /<\/filter>/)
				i++
			continue
		}
		if (i < defs && name_of(line) != "" && !(name_of(line) in used))
			continue
		# groups without content, which nest
		if (line ~ /^ ?<\/g>$/ && m && out[m] ~ /^ ?<g [^>]*>$/) {
			m--
			continue
		}
		if (inline && line ~ /<rect x="0" y="0" [^>]* fill="#ffffff"/)
			continue
		if (inline)
			line = in_page(line)
		out[++m] = line
	}
	for (i = 1; i <= m; i++)
		print out[i]
}
