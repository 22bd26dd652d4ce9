/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known from a packet: resets sent and drops. Included once, by trace.bpf.c. */

struct ports {
	__be16 source, dest;
};

/* @skb's addresses as the host that holds it sees them; false: not TCP, not ICMP. */
static __always_inline bool raw_from_skb(struct trace_raw *raw, const struct sk_buff *skb)
{
	const unsigned char *header = BPF_CORE_READ(skb, head) + BPF_CORE_READ(skb, network_header);
	__u8 *source = raw->local, *dest = raw->remote;
	bool arrived = BPF_CORE_READ(skb, skb_iif) != 0;
	struct ports ports = {};
	__u8 protocol = 0, first = 0;
	__u16 *source_port = &raw->local_port, *dest_port = &raw->remote_port;
	unsigned int length;

	if (arrived) {
		source = raw->remote;
		dest = raw->local;
		source_port = &raw->remote_port;
		dest_port = &raw->local_port;
	}
	bpf_probe_read_kernel(&first, 1, header);
	if (first >> 4 == 4) {
		raw->family = AF_INET;
		length = (first & 15) * 4;
		bpf_probe_read_kernel(&protocol, 1, header + 9);
		bpf_probe_read_kernel(source, 4, header + 12);
		bpf_probe_read_kernel(dest, 4, header + 16);
	} else if (first >> 4 == 6) {
		raw->family = AF_INET6;
		length = 40;
		bpf_probe_read_kernel(&protocol, 1, header + 6);
		bpf_probe_read_kernel(source, 16, header + 8);
		bpf_probe_read_kernel(dest, 16, header + 24);
	} else {
		return false;
	}
	if (protocol != IPPROTO_TCP)
		return protocol == IPPROTO_ICMP;
	bpf_probe_read_kernel(&ports, sizeof(ports), header + length);
	*source_port = bpf_ntohs(ports.source);
	*dest_port = bpf_ntohs(ports.dest);
	return true;
}

/*
 * The namespace the packet is in, by its device. Not by its socket: a segment that
 * has crossed a veth still belongs to its sender's, and what the wire's own stack
 * does to it there is no fact of the sender's.
 */
static __always_inline __u32 skb_inum(const struct sk_buff *skb)
{
	const struct sock *sk = BPF_CORE_READ(skb, sk);
	const struct net_device *dev = BPF_CORE_READ(skb, dev);
	const struct dst_entry *dst = NULL;

	if (!dev && sk)
		return BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	if (!dev && bpf_core_field_exists(dst->dev)) {
		dst = (void *)(BPF_CORE_READ(skb, _skb_refdst) & ~1ul);
		dev = BPF_CORE_READ(dst, dev);
	}
	return BPF_CORE_READ(dev, nd_net.net, ns.inum);
}

/*
 * tcp_send_reset(sk, skb, ...): skb is what is being answered, NULL when the kernel
 * resets of its own accord; sk is NULL when nobody was there (6.10 and newer),
 * and then only skb knows. sk may be any kind of sock: only its common part is read.
 */
SEC("tp_btf/tcp_send_reset")
int BPF_PROG(on_send_reset, const struct sock *sk_pointer, const struct sk_buff *skb_pointer)
{
	const struct sock *sk = (const struct sock *)address_of(sk_pointer);
	const struct sk_buff *skb = (const struct sk_buff *)address_of(skb_pointer);
	struct trace_watch_entry watch;
	struct trace_raw raw;
	__u32 inum;

	if (sk)
		inum = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	else
		inum = skb_inum(skb);
	if (!watch_find(inum, &watch))
		return 0;
	raw_init(&raw, TRACE_RAW_RESET_SENT);
	if (sk) {
		raw.from = BPF_CORE_READ(sk, __sk_common.skc_state);
		raw_from_address(&raw, (__u64)sk);
	}
	/* A listener's socket does not have the address of who is being reset. */
	if (skb && !raw.remote_port)
		raw_from_skb(&raw, skb);
	raw_emit(&watch, &raw, TRACE_RAW_SHORT);
	return 0;
}

SEC("tp_btf/kfree_skb")
int BPF_PROG(on_drop, const struct sk_buff *skb_pointer, void *location, __u32 reason)
{
	const struct sk_buff *skb;
	const struct sock *sk = NULL;
	struct trace_watch_entry watch;
	struct trace_raw raw;
	__u32 inum;

#pragma unroll
	for (int i = 0; i < TRACE_REASONS_IGNORED; i++) {
		if (reason == reasons_ignored[i])
			return 0;
	}
	skb = (const struct sk_buff *)address_of(skb_pointer);
	if (drop_has_sk)
		sk = (const struct sock *)address_of((void *)ctx[3]);
	if (sk)
		inum = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	else
		inum = skb_inum(skb);
	if (!watch_find(inum, &watch))
		return 0;
	raw_init(&raw, TRACE_RAW_DROP);
	raw.detail = reason;
	if (!raw_from_skb(&raw, skb))
		return 0;
	if (sk) {
		raw.sk = sk_name((__u64)sk);
		raw.cookie = BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
	}
	raw_emit(&watch, &raw, TRACE_RAW_SHORT);
	return 0;
}
