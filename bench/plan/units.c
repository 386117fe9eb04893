// SPDX-License-Identifier: GPL-2.0
/*
 * Quantities with units. Decimal digits only: no sign, no exponent, no hex,
 * so that "-1pkt", "inf" or "0x10ms" cannot slip through strtod().
 */
#include "units.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct unit - one suffix
 * @name: the suffix
 * @scale: what 1 of it is worth in the base unit
 */
struct unit {
	const char *name;
	double scale;
};

/* Read digits[.digits]; returns the first character after it, NULL if none. */
static const char *decimal(const char *s, double *v)
{
	const char *p = s;

	while (isdigit((unsigned char)*p))
		p++;
	if (p == s)
		return NULL;
	if (*p == '.' && isdigit((unsigned char)p[1])) {
		p++;
		while (isdigit((unsigned char)*p))
			p++;
	}
	if (p - s > 24)
		return NULL;
	*v = strtod(s, NULL);
	return p;
}

/* Value in the base unit; the last entry of @units has no name. */
static int scaled(const char *text, const struct unit *units, double *v)
{
	const char *end = decimal(text, v);

	for (; end && units->name; units++) {
		if (!strcmp(end, units->name)) {
			*v *= units->scale;
			return 0;
		}
	}
	return -1;
}

/* Whole number within a rounding error of decimal fractions, else -1. */
static int64_t whole(double v)
{
	double r = round(v);

	return fabs(v - r) <= 1e-6 * fmax(1, r * 1e-6) ? (int64_t)r : -1;
}

/**
 * unit_rate() - bit/s
 * @text: "128kbit", "50mbit", "1gbit"
 * @bps: result; a multiple of 8, because netem counts bytes per second
 *
 * Return: NULL or the broken rule.
 */
const char *unit_rate(const char *text, int64_t *bps)
{
	static const struct unit units[] = {
		{ "kbit", 1e3 }, { "mbit", 1e6 }, { "gbit", 1e9 }, { NULL, 0 }
	};
	double v;

	if (scaled(text, units, &v))
		return "is not a rate; write a positive number and kbit, mbit or gbit, like 50mbit";
	if (v < RATE_MIN_BPS || v > RATE_MAX_BPS)
		return "is outside 1kbit to 1gbit, what the lab can carry; choose a rate in that range";
	*bps = whole(v);
	if (*bps < 0 || *bps % 8)
		return "is not a whole number of bytes per second; round the rate to 8 bit/s";
	return NULL;
}

/**
 * unit_time() - a time or duration
 * @text: "500us", "40ms", "30s"
 * @us: microseconds, 0 to an hour
 *
 * Return: NULL or the broken rule.
 */
const char *unit_time(const char *text, int64_t *us)
{
	static const struct unit units[] = {
		{ "us", 1 }, { "ms", 1e3 }, { "s", 1e6 }, { NULL, 0 }
	};
	double v;

	if (scaled(text, units, &v))
		return "is not a time; write a number and us, ms or s, like 40ms";
	if (v > DURATION_MAX_US)
		return "is longer than an hour; choose a shorter time";
	*us = whole(v);
	if (*us < 0)
		return "is finer than a microsecond; round it";
	return NULL;
}

/**
 * unit_rtt() - a path delay
 * @text: as unit_time()
 * @us: microseconds, 0.01 ms to 10 s
 *
 * Return: NULL or the broken rule.
 */
const char *unit_rtt(const char *text, int64_t *us)
{
	const char *why = unit_time(text, us);

	if (why)
		return why;
	if (*us < RTT_MIN_US || *us > RTT_MAX_US)
		return "is outside 0.01ms to 10s; choose an rtt in that range";
	return NULL;
}

/**
 * unit_loss() - a probability
 * @text: "0.1%"
 * @ppm: parts per million, 0 to 1000000
 *
 * Return: NULL or the broken rule.
 */
const char *unit_loss(const char *text, int64_t *ppm)
{
	static const struct unit units[] = { { "%", 1e4 }, { NULL, 0 } };
	double v;

	if (scaled(text, units, &v))
		return "is not a loss rate; write a number and %, like 0.1%";
	if (v > 1e6)
		return "is more than 100%; write 0% to 100%";
	*ppm = whole(v);
	if (*ppm < 0)
		return "is finer than one in a million; write steps of 0.0001%";
	return NULL;
}

/**
 * unit_count() - a plain whole number
 * @text: digits
 * @lo: smallest allowed
 * @hi: largest allowed
 * @n: result
 *
 * Return: NULL or the broken rule (in a static buffer).
 */
const char *unit_count(const char *text, int64_t lo, int64_t hi, int64_t *n)
{
	static char why[96];
	const char *end;
	double v = 0;

	end = decimal(text, &v);
	*n = end && !*end && v <= 9e15 ? whole(v) : -1;
	if (*n >= lo && *n <= hi && !strchr(text, '.'))
		return NULL;
	snprintf(why, sizeof(why), "is not a whole number from %lld to %lld; write one",
		 (long long)lo, (long long)hi);
	return why;
}

/**
 * unit_bytes() - an amount of data
 * @text: "10kB", "1MB", "1500B"
 * @bytes: 1 byte to 1 TB
 *
 * Return: NULL or the broken rule.
 */
const char *unit_bytes(const char *text, int64_t *bytes)
{
	static const struct unit units[] = {
		{ "B", 1 }, { "kB", 1e3 }, { "MB", 1e6 }, { "GB", 1e9 }, { NULL, 0 }
	};
	double v;

	if (scaled(text, units, &v))
		return "is not an amount of data; write a number and B, kB or MB, like 64kB";
	if (v < 1 || v > 1e12)
		return "is outside 1B to 1000GB; choose an amount in that range";
	*bytes = (int64_t)v;
	return NULL;
}

/**
 * unit_packets() - a size in packets
 * @text: "1.5bdp" (nearest packet, half up, at least 1), "100pkt", "64kB"
 *	(whole packets, rounded down)
 * @bdp: BDP in packets
 * @pkts: 1 to 100000
 *
 * Return: NULL or the broken rule.
 */
const char *unit_packets(const char *text, double bdp, int64_t *pkts)
{
	static const struct unit units[] = {
		{ "bdp", 1 }, { "pkt", -1 }, { "B", 1.0 / WIRE_BYTES },
		{ "kB", 1e3 / WIRE_BYTES }, { "MB", 1e6 / WIRE_BYTES }, { NULL, 0 }
	};
	double v;

	if (scaled(text, units, &v))
		return "is not a size; write a positive number and pkt, bdp, kB or MB, like 1bdp";
	if (strstr(text, "bdp"))
		v = v > 0 ? fmax(1, floor(v * bdp + 0.5)) : 0;
	else if (strstr(text, "pkt"))
		v = v == 0 ? 0 : -v;
	else
		v = floor(v);
	if (v < 1)
		return "is less than one packet of 1514 bytes; write at least 1pkt";
	if (v > BUFFER_MAX_PKTS)
		return "is more than 100000 packets; choose a smaller size";
	*pkts = whole(v);
	if (*pkts < 0)
		return "is not a whole number of packets; write one";
	return NULL;
}

/**
 * bdp_packets() - bandwidth-delay product
 * @rate_bps: bottleneck rate
 * @rtt_us: path delay
 *
 * Return: full packets, not rounded.
 */
double bdp_packets(int64_t rate_bps, int64_t rtt_us)
{
	return (double)rate_bps * (double)rtt_us / (8e6 * WIRE_BYTES);
}
