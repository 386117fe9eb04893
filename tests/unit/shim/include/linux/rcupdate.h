/* SPDX-License-Identifier: GPL-2.0 */
/* One thread, so that a grace period ends at once. */
#ifndef _SHIM_LINUX_RCUPDATE_H
#define _SHIM_LINUX_RCUPDATE_H

#include <linux/kernel.h>
#include <linux/slab.h>

#define rcu_read_lock()			do { } while (0)
#define rcu_read_unlock()		do { } while (0)
#define synchronize_rcu()		do { } while (0)
#define rcu_barrier()			do { } while (0)
#define rcu_dereference(p)		READ_ONCE(p)
#define rcu_dereference_protected(p, c)	(p)
#define rcu_assign_pointer(p, v)	WRITE_ONCE(p, v)
#define RCU_INIT_POINTER(p, v)		WRITE_ONCE(p, v)
#define kfree_rcu(ptr, rhf)						\
do {									\
	static_assert(sizeof((ptr)->rhf) >= sizeof(struct rcu_head),	\
		      "kfree_rcu needs an rcu_head");			\
	kfree(ptr);							\
} while (0)

#endif
