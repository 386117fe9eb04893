// SPDX-License-Identifier: GPL-2.0
/*
 * shim.c - what a module finds in the kernel besides TCP
 *
 * Clock, random numbers, memory, log, parameters; see shim.h.
 */
#include <stdarg.h>

#include <linux/module.h>
#include "shim.h"

u64 shim_now_ns = 1000 * NSEC_PER_SEC;
bool shim_trace_on;

void shim_advance_ns(u64 ns)
{
	shim_now_ns += ns;
}

void shim_advance_us(u64 us)
{
	shim_advance_ns(us * NSEC_PER_USEC);
}

/* --- Chance: splitmix64 --------------------------------------------------- */

static u64 shim_random_state = 1;

void shim_seed(u64 seed)
{
	shim_random_state = seed;
}

u32 get_random_u32(void)
{
	unsigned __int128 z;

	shim_random_state += 0x9e3779b97f4a7c15ULL;
	z = shim_random_state;
	z = (u64)((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL);
	z = (u64)((z ^ (z >> 27)) * 0x94d049bb133111ebULL);

	return (u32)((z ^ (z >> 31)) >> 32);
}

/* --- Memory ----------------------------------------------------------------- */

static int shim_kmalloc_left = -1;
static int shim_kmalloc_count;

void shim_kmalloc_fail(int n)
{
	shim_kmalloc_left = n;
}

int shim_kmalloc_live(void)
{
	return shim_kmalloc_count;
}

void *kmalloc(size_t size, gfp_t flags)
{
	void *ptr;

	/* Callbacks run in softirq context or under a spinlock. */
	assert(!(flags & GFP_KERNEL));
	if (!shim_kmalloc_left)
		return NULL;
	if (shim_kmalloc_left > 0)
		shim_kmalloc_left--;

	ptr = malloc(size);
	assert(ptr);
	memset(ptr, flags & __GFP_ZERO ? 0 : 0xa5, size);
	shim_kmalloc_count++;

	return ptr;
}

void *kzalloc(size_t size, gfp_t flags)
{
	return kmalloc(size, flags | __GFP_ZERO);
}

void *kcalloc(size_t n, size_t size, gfp_t flags)
{
	return kmalloc(n * size, flags | __GFP_ZERO);
}

void kfree(const void *ptr)
{
	if (ptr)
		shim_kmalloc_count--;
	free((void *)(uintptr_t)ptr);
}

/* --- Log ----------------------------------------------------------------------- */

static char shim_log_text[4096];
static size_t shim_log_len;

void shim_printk(const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(shim_log_text + shim_log_len,
		      sizeof(shim_log_text) - shim_log_len, fmt, args);
	va_end(args);
	assert(n >= 0);
	shim_log_len = min(shim_log_len + (size_t)n, sizeof(shim_log_text) - 1);
}

const char *shim_log(void)
{
	static char text[sizeof(shim_log_text)];

	memcpy(text, shim_log_text, sizeof(text));
	shim_log_len = 0;
	shim_log_text[0] = '\0';

	return text;
}

/* --- Parameters ------------------------------------------------------------------ */

static struct kernel_param *shim_params;

void shim_param_add(struct kernel_param *kp)
{
	kp->shim_next = shim_params;
	shim_params = kp;
}

static const struct kernel_param *shim_param_find(const char *name)
{
	const struct kernel_param *kp = shim_params;

	while (kp && strcmp(kp->name, name))
		kp = kp->shim_next;
	assert(kp);

	return kp;
}

int shim_param_set(const char *name, const char *text)
{
	const struct kernel_param *kp = shim_param_find(name);

	return kp->ops->set(text, kp);
}

const char *shim_param_get(const char *name)
{
	const struct kernel_param *kp = shim_param_find(name);
	static char text[128];
	int n;

	n = kp->ops->get(text, kp);
	assert(n >= 0 && n < (int)sizeof(text));
	text[strcspn(text, "\n")] = '\0';

	return text;
}

int kstrtou32(const char *text, unsigned int base, u32 *value)
{
	unsigned long long v;
	char *end;

	/* strtoull() takes blanks and signs that the kernel does not. */
	if (*text == '+')
		text++;
	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	v = strtoull(text, &end, base);
	if (*end == '\n')
		end++;
	if (*end)
		return -EINVAL;
	if (errno || v > U32_MAX)
		return -ERANGE;
	*value = v;

	return 0;
}

static int param_set_uint(const char *text, const struct kernel_param *kp)
{
	return kstrtou32(text, 0, kp->arg);
}

static int param_get_uint(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%u\n", *(u32 *)kp->arg);
}

static int param_set_bool(const char *text, const struct kernel_param *kp)
{
	bool yes = strchr("yY1", *text), no = strchr("nN0", *text);

	if (!*text || yes == no)
		return -EINVAL;
	*(bool *)kp->arg = yes;

	return 0;
}

static int param_get_bool(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%c\n", *(bool *)kp->arg ? 'Y' : 'N');
}

const struct kernel_param_ops param_ops_uint = {
	.set = param_set_uint, .get = param_get_uint,
};

const struct kernel_param_ops param_ops_int = {
	.set = param_set_uint, .get = param_get_uint,
};

const struct kernel_param_ops param_ops_bool = {
	.set = param_set_bool, .get = param_get_bool,
};

/* --- Arithmetic --------------------------------------------------------------------- */

unsigned long int_sqrt(unsigned long x)
{
	unsigned long r = 0, bit = 1UL << 31;

	for (; bit; bit >>= 1) {
		unsigned long t = r | bit;

		if ((unsigned __int128)t * t <= x)
			r = t;
	}

	return r;
}

u32 int_sqrt64(u64 x)
{
	return int_sqrt(x);
}

/*
 * Windowed maximum over @win time units: a queue of at most three candidates,
 * each later and smaller than the one before it, the first being the answer.
 * The kernel's renews its spare candidates by other rules; a test must not
 * depend on more than the maximum.
 */
u32 minmax_running_max(struct minmax *m, u32 win, u32 t, u32 meas)
{
	struct minmax_sample queue[3];
	int i, n = 0;

	for (i = 0; i < 3; i++) {
		const struct minmax_sample *s = &m->s[i];
		bool again = i && s->t == s[-1].t && s->v == s[-1].v;

		if (!again && t - s->t <= win && s->v > meas)
			queue[n++] = *s;
	}
	n = min(n, 2);
	queue[n] = (struct minmax_sample) { .t = t, .v = meas };
	for (i = 0; i < 3; i++)
		m->s[i] = queue[min(i, n)];

	return m->s[0].v;
}
