// SPDX-License-Identifier: GPL-2.0
/*
 * insn-count - count, exactly, the instructions that functions of a guest's
 * kernel execute, with everything they call, from their call to their return.
 *
 * usage: qemu-system-x86_64 ... -d plugin -D LOG \
 *		-plugin insn-count.so[,from=ADDR,to=ADDR][,entry=ADDR...][,start=ADDR]
 *
 * Counted is each function in the address range [from, to), by default that of
 * kernel modules, that code outside calls; and each function at an entry
 * address. When QEMU ends, LOG has a line for each:
 *
 *	ADDR begun ended instructions median
 *
 * Begun are calls, ended those that returned; a difference says that the plugin
 * lost some. Instructions and median are of those that ended. An interrupt in
 * between is counted, too: the median shows what it is without.
 *
 * The plugin follows the stack: a call instruction opens a frame, a return
 * instruction closes the youngest. A function that begins is called in the
 * youngest frame, and that frame's return is its end. So it does not matter if
 * it was entered by a jump (its caller's last act, or through a thunk), or ends
 * with one to another function: nobody has called it in a frame of its own.
 *
 * Code that goes on in the range after it called something outside, or after
 * an interrupt, does so in a frame in which a call has begun already, or that
 * code in the range opened: no call begins.
 *
 * All tasks share the plugin's stack. Another task's returns close frames that
 * are not its own, but whatever calls a function has just opened its frame, and
 * nothing that is counted sleeps; interrupts leave the stack as they found it.
 *
 * Memory of modules is used again: what a function's address has counted may
 * have been other code's. At each call of the function at start all counts are
 * forgotten; let that be one that an algorithm calls when its module is in
 * place, and before it is used.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu_plugin.h"

#define MODULES_FROM	0xffffffffc0000000ULL
#define MODULES_TO	0xffffffffff000000ULL
#define KERNEL_FROM	0xffff800000000000ULL
#define MAX_ENTRIES	64	/* entry= arguments */
#define FRAMES		512	/* the oldest are forgotten */
#define FUNCTIONS	4096	/* hash slots, a power of two */
#define MAX_INSNS	4096	/* longer calls count as so long in the median */

/**
 * struct function - what calls of one function cost
 * @addr: its first instruction; 0: a free slot
 * @begun: calls
 * @ended: calls that returned
 * @insns: instructions of all that returned
 * @hist: calls that returned, by their instructions
 */
struct function {
	uint64_t addr;
	uint64_t begun;
	uint64_t ended;
	uint64_t insns;
	uint32_t *hist;
};

/**
 * struct frame - a call instruction that was executed and has not returned
 * @taken: nothing may begin in it: something has, or code in the range called
 * @f: the function that is counted; NULL: none
 * @begun: instructions executed before it
 */
struct frame {
	bool taken;
	struct function *f;
	uint64_t begun;
};

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static uint64_t from = MODULES_FROM, to = MODULES_TO, start;
static uint64_t entries[MAX_ENTRIES];
static size_t nentries;
static struct function functions[FUNCTIONS];
static struct frame frames[FRAMES];
static size_t depth;
static uint64_t executed;

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

static void call(unsigned int vcpu, void *udata)
{
	(void)vcpu;
	if (depth == FRAMES) {
		depth /= 2;
		memmove(frames, frames + FRAMES - depth, depth * sizeof(*frames));
	}
	frames[depth++] = (struct frame){ .taken = udata };
}

static void count(const struct frame *frame)
{
	struct function *f = frame->f;
	uint64_t insns = executed - frame->begun;

	f->ended++;
	f->insns += insns;
	f->hist[insns < MAX_INSNS ? insns : MAX_INSNS]++;
}

static void returned(unsigned int vcpu, void *udata)
{
	(void)vcpu;
	(void)udata;
	if (depth && frames[--depth].f)
		count(&frames[depth]);
}

/* A block begins where a function may. */
static void block_executed(unsigned int vcpu, void *udata)
{
	struct frame *frame;

	(void)vcpu;
	if (!depth || frames[depth - 1].taken)
		return;
	frame = &frames[depth - 1];
	frame->taken = true;
	frame->f = function_at((uint64_t)(uintptr_t)udata);
	frame->f->begun++;
	frame->begun = executed;
}

static void forget(unsigned int vcpu, void *udata)
{
	(void)vcpu;
	(void)udata;
	depth = 0;
	for (size_t i = 0; i < FUNCTIONS; i++) {
		free(functions[i].hist);
		functions[i] = (struct function){ 0 };
	}
}

static bool is_entry(uint64_t addr)
{
	for (size_t i = 0; i < nentries; i++) {
		if (entries[i] == addr)
			return true;
	}
	return false;
}

/* An instruction's opcode, behind its prefixes. */
static const uint8_t *opcode(const struct qemu_plugin_insn *insn)
{
	static const uint8_t prefixes[] = { 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf2, 0xf3 };
	const uint8_t *code = qemu_plugin_insn_data(insn);

	while (*code >> 4 == 4 || memchr(prefixes, *code, sizeof(prefixes)))
		code++;
	return code;
}

/* Calls: e8, and ff with 2 in its second byte's middle; returns: c3 and c2. */
static void watch_stack(struct qemu_plugin_insn *tail, bool inside)
{
	static bool yes = true;
	const uint8_t *code = opcode(tail);

	if (*code == 0xe8 || (*code == 0xff && (code[1] >> 3 & 7) == 2))
		qemu_plugin_register_vcpu_insn_exec_cb(tail, call, QEMU_PLUGIN_CB_NO_REGS,
						       inside ? &yes : NULL);
	else if (*code == 0xc3 || *code == 0xc2)
		qemu_plugin_register_vcpu_insn_exec_cb(tail, returned, QEMU_PLUGIN_CB_NO_REGS, NULL);
}

/*
 * QEMU translates code in blocks: each is entered at its first instruction, and
 * runs to its last, the only one that may be a call or a return. All of it is
 * added to what was executed when it begins, after the block's callbacks and
 * before its instructions'.
 */
static void block_translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	uint64_t addr = qemu_plugin_tb_vaddr(tb);
	size_t n = qemu_plugin_tb_n_insns(tb);
	bool inside = addr >= from && addr < to;

	(void)id;
	if (addr < KERNEL_FROM)
		return;
	if (addr == start)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, forget, QEMU_PLUGIN_CB_NO_REGS, NULL);
	if (inside || is_entry(addr))
		qemu_plugin_register_vcpu_tb_exec_cb(tb, block_executed, QEMU_PLUGIN_CB_NO_REGS,
						     (void *)(uintptr_t)addr);
	qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, &executed, n);
	watch_stack(qemu_plugin_tb_get_insn(tb, n - 1), inside);
}

static unsigned int median(const struct function *f)
{
	uint64_t seen = 0;

	for (unsigned int i = 0; i < MAX_INSNS; i++) {
		seen += f->hist[i];
		if (2 * seen >= f->ended)
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

		if (!f->addr)
			continue;
		snprintf(line, sizeof(line), "%016" PRIx64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %u\n",
			 f->addr, f->begun, f->ended, f->insns, median(f));
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
		} else if (!strncmp(argv[i], "start=", 6)) {
			start = addr;
		} else if (!strncmp(argv[i], "entry=", 6) && nentries < MAX_ENTRIES) {
			entries[nentries++] = addr;
		} else {
			fprintf(stderr, "insn-count: unknown argument '%s' (from=, to=, entry=, start=)\n",
				argv[i]);
			return -1;
		}
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
	qemu_plugin_register_atexit_cb(id, report, NULL);
	return 0;
}
