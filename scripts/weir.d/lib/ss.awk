# SPDX-License-Identifier: GPL-2.0
#
# Reads a line of `ss -tinHO` or `ss -tinmHO`. Fields are found by name: ss leaves
# out what is 0 or the default, and adds fields from release to release.

# read_socket: set state, recvq, sendq, from, to, cc and field[NAME].
function read_socket(	i, word, colon)
{
	split("", field)
	cc = ""
	i = 1
	state = ""
	# A state filter that leaves one state makes ss leave out the column.
	if ($1 !~ /^[0-9]+$/) {
		state = $1
		i = 2
	}
	recvq = $i
	sendq = $(i + 1)
	from = $(i + 2)
	to = $(i + 3)
	for (i += 4; i <= NF; i++) {
		word = $i
		if (word == "send" || word == "pacing_rate" || word == "delivery_rate") {
			field[word] = $(++i)
			sub(/bps.*$/, "", field[word])
			continue
		}
		colon = index(word, ":")
		if (colon)
			field[substr(word, 1, colon - 1)] = substr(word, colon + 1)
		else if (word ~ /^(ts|sack|ecn|ecnseen|fastopen|app_limited|usec_ts)$/)
			field[word] = 1
		else if (cc == "" && !("rto" in field) && word ~ /^[a-z0-9_-]+$/)
			cc = word
	}
}

# median LIST: of blank-separated numbers; 0 of none.
function median(list,	n, v)
{
	n = split(list, v, " ")
	if (n == 0)
		return 0
	return n % 2 ? nth(v, n, (n + 1) / 2) : (nth(v, n, n / 2) + nth(v, n, n / 2 + 1)) / 2
}

# nth V N K: the Kth smallest of V[1..N]; orders V as far as needed (Hoare).
function nth(v, n, k,	low, high, i, j, pivot, t)
{
	low = 1
	high = n
	while (low < high) {
		pivot = v[k] + 0
		i = low
		j = high
		do {
			while (v[i] + 0 < pivot)
				i++
			while (v[j] + 0 > pivot)
				j--
			if (i <= j) {
				t = v[i]
				v[i++] = v[j]
				v[j--] = t
			}
		} while (i <= j)
		if (j < k)
			low = i
		if (k < i)
			high = j
	}
	return v[k] + 0
}
