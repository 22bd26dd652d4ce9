/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is read of the running kernel's structs; CO-RE finds where. */
#ifndef FINWAIT_OBSERVE_TRACE_KERNEL_BPF_H
#define FINWAIT_OBSERVE_TRACE_KERNEL_BPF_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define KERNEL __attribute__((preserve_access_index))

enum { AF_INET = 2, AF_INET6 = 10 };
enum { IPPROTO_ICMP = 1, IPPROTO_TCP = 6, IPPROTO_ICMPV6 = 58 };
enum {
	TCP_STATE_SYN_SENT = 2,
	TCP_STATE_SYN_RECV = 3,
	TCP_STATE_FIN_WAIT1 = 4,
	TCP_STATE_FIN_WAIT2 = 5,
	TCP_STATE_TIME_WAIT = 6,
	TCP_STATE_CLOSE = 7,
	TCP_STATE_LAST_ACK = 9,
	TCP_STATE_LISTEN = 10
};
enum { PF_EXITING = 4, PF_KTHREAD = 0x200000 };
enum { NET_RX_SOFTIRQ = 3 };
/* Of x86-64, asm/unistd_64.h; only used where pt_regs has orig_ax. */
enum { X86_CLOSE = 3, X86_CONNECT = 42, X86_SHUTDOWN = 48, X86_LISTEN = 50 };

struct ns_common {
	unsigned int inum;
} KERNEL;
struct net {
	struct ns_common ns;
} KERNEL;
typedef struct {
	struct net *net;
} KERNEL possible_net_t;
typedef struct {
	long long counter;
} KERNEL atomic64_t;
struct in6_addr {
	union {
		__u8 u6_addr8[16];
		__be32 u6_addr32[4];
	} in6_u;
} KERNEL;

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	atomic64_t skc_cookie;
} KERNEL;
struct sock {
	struct sock_common __sk_common;
	__u16 sk_protocol;
	int sk_err;
	struct {
		int len;
		struct sk_buff *head;
	} KERNEL sk_backlog;
} KERNEL;
struct timer_list {
	void (*function)(struct timer_list *timer);
} KERNEL;
struct request_sock {
	struct sock_common __req_common;
	struct timer_list rsk_timer;
} KERNEL;
struct inet_timewait_sock {
	struct sock_common __tw_common;
	unsigned char tw_substate;
	struct timer_list tw_timer;
} KERNEL;
struct net_device {
	possible_net_t nd_net;
} KERNEL;
struct dst_entry {
	struct net_device *dev;
} KERNEL;
struct sk_buff {
	struct net_device *dev;
	struct sock *sk;
	unsigned long _skb_refdst;
	unsigned char *head;
	__u16 network_header;
	int skb_iif;
	__be16 protocol;
} KERNEL;
struct task_struct {
	unsigned int flags; /* PF_EXITING */
} KERNEL;
struct pt_regs___x86 {
	unsigned long orig_ax; /* the number of the system call */
} KERNEL;

#endif
