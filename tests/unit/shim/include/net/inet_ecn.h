/* SPDX-License-Identifier: GPL-2.0 */
/* Whether a socket's packets are sent as ECN-capable transport. */
#ifndef _SHIM_NET_INET_ECN_H
#define _SHIM_NET_INET_ECN_H

#include <net/tcp.h>

static inline void INET_ECN_xmit(struct sock *sk)
{
	sk->shim_ect = true;
}

static inline void INET_ECN_dontxmit(struct sock *sk)
{
	sk->shim_ect = false;
}

#endif
