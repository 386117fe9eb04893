// SPDX-License-Identifier: GPL-2.0
/*
 * insn-count - count, exactly, the instructions that functions of a guest's
 * kernel execute, with everything they call, from their call to their return.
 *
 * usage: qemu-system-x86_64 ... -d plugin -D LOG \
 *		-plugin insn-count.so[,from=ADDR,to=ADDR][,entry=ADDR...]
 *
 * Counted is each function that is called from outside the address range
 * [from, to), by default that of kernel modules, into it; and each function
 * at an entry address. When QEMU ends, LOG has a line for each that was called:
 *
 *	ADDR calls instructions median
 *
 * A plugin sees blocks of translated code, each run from its first instruction
 * to its last one. A call is a block that begins in the range after one that
 * ended outside. The caller goes on behind its call instruction, which was the
 * last one of the block before: when a block begins there, the call is over.
 * An interrupt in between is counted, too: the median shows what it is without.
 *
 * A return into the range from a function it called also looks like a call. Its
 * "return address" is behind a return instruction, where nothing goes on, so
 * such an entry lies on the stack until what is below it ends. Its address is
 * not that of a function, by which the reader of the log leaves it out.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_plugin.h"

#define MODULES_FROM	0xffffffffc0000000ULL
#define MODULES_TO	0xffffffffff000000ULL
#define MAX_ENTRIES	64	/* entry= arguments */
#define STACK		64	/* calls within calls; the oldest are forgotten */
#define FUNCTIONS	4096	/* hash slots, a power of two */
#define MAX_INSNS	4096	/* longer calls count as so long in the median */

/**
 * struct block - a translated block of code
 * @begin: address of its first instruction
 * @end: address behind its last one
 * @insns: instructions in it
 * @inside: @begin lies in the range
 * @entry: @begin is an entry address
 */
struct block {
	uint64_t begin;
	uint64_t end;
	uint64_t insns;
	bool inside;
	bool entry;
};

/**
 * struct function - what calls of one function cost
 * @addr: its first instruction; 0: a free slot
 * @calls: calls that ended
 * @insns: instructions of all of them
 * @hist: calls by their instructions
 */
struct function {
	uint64_t addr;
	uint64_t calls;
	uint64_t insns;
	uint32_t *hist;
};

/**
 * struct call - a call that has not ended
 * @addr: the function
 * @back: where its caller goes on
 * @begun: instructions executed before it
 */
struct call {
	uint64_t addr;
	uint64_t back;
	uint64_t begun;
};

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static uint64_t from = MODULES_FROM, to = MODULES_TO;
static uint64_t entries[MAX_ENTRIES];
static size_t nentries;
static struct function functions[FUNCTIONS];
static struct call stack[STACK];
static size_t depth;
static uint64_t executed;
static struct block nothing;
static const struct block *last = &nothing;

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static struct function *function_at(uint64_t addr)
{
	size_t i = (addr >> 2) * 0x9e3779b97f4a7c15ULL >> 52;

	for (size_t n = 0; n < FUNCTIONS; n++, i = (i + 1) % FUNCTIONS) {
		if (functions[i].addr == addr)
			return &functions[i];
		if (!functions[i].addr) {
			functions[i].addr = addr;
			functions[i].hist = must(calloc(MAX_INSNS + 1, sizeof(*functions[i].hist)));
			return &functions[i];
		}
	}
	abort();
}

static void call_begins(uint64_t addr, uint64_t back)
{
	if (depth == STACK)
		memmove(stack, stack + 1, --depth * sizeof(*stack));
	stack[depth++] = (struct call){ addr, back, executed };
}

/* A block begins at @addr: if that is where a caller goes on, its call is over. */
static void call_ends(uint64_t addr)
{
	struct function *f;
	uint64_t insns;

	for (size_t i = depth; i-- > 0;) {
		if (stack[i].back != addr)
			continue;
		insns = executed - stack[i].begun;
		f = function_at(stack[i].addr);
		f->calls++;
		f->insns += insns;
		f->hist[insns < MAX_INSNS ? insns : MAX_INSNS]++;
		depth = i;
		return;
	}
}

static void block_executed(unsigned int vcpu, void *udata)
{
	const struct block *b = udata;

	(void)vcpu;
	if (depth)
		call_ends(b->begin);
	if (b->entry || (b->inside && !last->inside))
		call_begins(b->begin, last->end);
	executed += b->insns;
	last = b;
}

static bool is_entry(uint64_t addr)
{
	for (size_t i = 0; i < nentries; i++) {
		if (entries[i] == addr)
			return true;
	}
	return false;
}

/* Blocks live as long as QEMU may have translations of them: to the end. */
static void block_translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);
	const struct qemu_plugin_insn *tail = qemu_plugin_tb_get_insn(tb, n - 1);
	struct block *b = must(calloc(1, sizeof(*b)));

	(void)id;
	b->begin = qemu_plugin_tb_vaddr(tb);
	b->end = qemu_plugin_insn_vaddr(tail) + qemu_plugin_insn_size(tail);
	b->insns = n;
	b->inside = b->begin >= from && b->begin < to;
	b->entry = is_entry(b->begin);
	qemu_plugin_register_vcpu_tb_exec_cb(tb, block_executed, QEMU_PLUGIN_CB_NO_REGS, b);
}

static unsigned int median(const struct function *f)
{
	uint64_t seen = 0;

	for (unsigned int i = 0; i < MAX_INSNS; i++) {
		seen += f->hist[i];
		if (2 * seen >= f->calls)
			return i;
	}
	return MAX_INSNS;
}

static void report(qemu_plugin_id_t id, void *udata)
{
	char line[128];

	(void)id;
	(void)udata;
	for (size_t i = 0; i < FUNCTIONS; i++) {
		const struct function *f = &functions[i];

		if (!f->calls)
			continue;
		snprintf(line, sizeof(line), "%016" PRIx64 " %" PRIu64 " %" PRIu64 " %u\n",
			 f->addr, f->calls, f->insns, median(f));
		qemu_plugin_outs(line);
	}
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info,
					   int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		char *value = strchr(argv[i], '=');
		uint64_t addr = value ? strtoull(value + 1, NULL, 16) : 0;

		if (!strncmp(argv[i], "from=", 5)) {
			from = addr;
		} else if (!strncmp(argv[i], "to=", 3)) {
			to = addr;
		} else if (!strncmp(argv[i], "entry=", 6) && nentries < MAX_ENTRIES) {
			entries[nentries++] = addr;
		} else {
			fprintf(stderr, "insn-count: unknown argument '%s' (from=, to=, entry=)\n", argv[i]);
			return -1;
		}
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
	qemu_plugin_register_atexit_cb(id, report, NULL);
	return 0;
}
