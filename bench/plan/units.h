/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Quantities with units, as scenarios spell them.
 */
#ifndef WEIR_PLAN_UNITS_H
#define WEIR_PLAN_UNITS_H

#include <stdint.h>

/* A full packet: 1500 bytes of IP and the Ethernet header the qdisc counts. */
#define WIRE_BYTES	1514
/* What it carries with TCP timestamps on. */
#define MSS_BYTES	1448

#define RATE_MIN_BPS	1000LL
#define RATE_MAX_BPS	1000000000LL
#define RTT_MIN_US	10LL
#define RTT_MAX_US	10000000LL
#define BUFFER_MAX_PKTS	100000LL
#define DURATION_MAX_US	3600000000LL

/*
 * Each function returns NULL and stores the value, or returns the rule that
 * the text breaks, with the mend, as the end of an error line.
 */
const char *unit_rate(const char *text, int64_t *bps);
const char *unit_time(const char *text, int64_t *us);
const char *unit_rtt(const char *text, int64_t *us);
const char *unit_loss(const char *text, int64_t *ppm);
const char *unit_count(const char *text, int64_t lo, int64_t hi, int64_t *n);
const char *unit_bytes(const char *text, int64_t *bytes);
const char *unit_packets(const char *text, double bdp, int64_t *pkts);

double bdp_packets(int64_t rate_bps, int64_t rtt_us);

#endif
