/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event: one timestamped fact from one observer. Data, no policy.
 *
 * Times are CLOCK_MONOTONIC nanoseconds since the probe began (t_ns). Sockets
 * go by label: "c1" is the client's first flow, "s1" the server's first, "l1" a
 * listener. A label stands for one end of one connection through all the
 * kernel objects that carry it (request sock, socket, time-wait sock); it is ""
 * where an observer saw a socket that nobody could name.
 */
#ifndef FINWAIT_RECORD_EVENT_H
#define FINWAIT_RECORD_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/clock.h"

/* include/net/tcp_states.h; STATE_GONE is ours: no such socket (any more). */
enum tcp_state {
	STATE_GONE = 0,
	STATE_ESTABLISHED,
	STATE_SYN_SENT,
	STATE_SYN_RECV,
	STATE_FIN_WAIT1,
	STATE_FIN_WAIT2,
	STATE_TIME_WAIT,
	STATE_CLOSE,
	STATE_CLOSE_WAIT,
	STATE_LAST_ACK,
	STATE_LISTEN,
	STATE_CLOSING,
	STATE_NEW_SYN_RECV,
	STATE_COUNT,
};

enum observer {
	OBSERVER_STEPS, /* what the probe itself did */
	OBSERVER_TRACE, /* eBPF */
	OBSERVER_DIAG, /* sock_diag */
	OBSERVER_TAP, /* packets */
	OBSERVER_COUNTERS, /* MIB counters */
	OBSERVER_WIRE, /* what the wire did to frames */
	OBSERVER_LATENESS, /* how late the machine let the harness run */
	OBSERVER_COUNT,
};

/* Where: a host, or the port of the wire that faces it. */
enum side { SIDE_CLIENT, SIDE_SERVER, SIDE_COUNT };

/* What the run speaks. */
enum family { FAMILY_IPV4, FAMILY_IPV6, FAMILY_COUNT };

enum event_kind {
	EVENT_CALL, /* steps: a system call of the probe */
	EVENT_SYSCTL, /* steps: a sysctl changed during the run */
	EVENT_NOTE, /* steps: a remark, e.g. what is awaited */
	EVENT_TRANSITION, /* trace: inet_sock_set_state */
	EVENT_RETRANSMIT, /* trace: tcp_retransmit_skb, one more send of something */
	EVENT_RESET, /* trace: tcp_send_reset, tcp_receive_reset */
	EVENT_DESTROY, /* trace: tcp_destroy_sock */
	EVENT_MINI_SOCKET, /* trace: a request or time-wait sock's timer */
	EVENT_DROP, /* trace: kfree_skb with a reason that is a drop */
	EVENT_SAMPLE, /* diag: one reading that differed from the one before */
	EVENT_COUNTS, /* diag: how many sockets there were of one state and object at an instant */
	EVENT_PACKET, /* tap: a frame seen at a port of the wire, or on lo */
	EVENT_RULE, /* wire: a fault switched on or off */
	EVENT_FRAME, /* wire: what the hand wire did to one frame */
	EVENT_COUNTER, /* counters: one MIB counter changed over the run, or up to a mark */
	EVENT_LATE, /* lateness: something happened later than it was due */
	EVENT_KIND_COUNT,
};

struct endpoint {
	uint8_t family; /* AF_INET, AF_INET6; 0: unknown */
	uint8_t addr[16]; /* network order, the first 4 for AF_INET */
	uint16_t port; /* host order */
};

/* The header's own bits. */
enum tcp_flag {
	TCP_FLAG_FIN = 0x01,
	TCP_FLAG_SYN = 0x02,
	TCP_FLAG_RST = 0x04,
	TCP_FLAG_PSH = 0x08,
	TCP_FLAG_ACK = 0x10,
	TCP_FLAG_URG = 0x20,
	TCP_FLAG_ECE = 0x40,
	TCP_FLAG_CWR = 0x80,
	TCP_FLAG_AE = 0x100, /* RFC 9768, once NS */
};
#define TCP_FLAGS_ALL 0x1ff

/* RFC 2018: what an option of at most 40 bytes has room for. */
#define PACKET_SACKS 4

struct sack_block {
	uint32_t start, end; /* absolute, end is the first byte that is not in it */
};

/* What an ICMP error quotes of the packet that caused it: its first eight bytes at least. */
struct packet_inner {
	struct endpoint src, dst; /* src.family 0: nothing that could be read */
	uint8_t protocol;
	uint32_t seq; /* TCP's */
};

/* All zeros but for the addresses is a bare segment: what has a has_ is absent then. */
struct packet {
	struct endpoint src, dst; /* ports: TCP and UDP */
	uint8_t protocol; /* IPPROTO_TCP, IPPROTO_ICMP, ... */
	uint8_t ttl; /* or hop limit, as seen; 0: not in the record */
	uint16_t len; /* payload bytes of TCP or UDP */

	uint16_t fragment_offset; /* in bytes; not 0: what follows is not known */
	bool more_fragments;

	uint16_t flags; /* enum tcp_flag */
	uint32_t seq, ack; /* absolute, as on the wire */
	uint16_t window; /* as in the header, unscaled */
	uint16_t urgent;
	uint16_t mss; /* option; 0: absent */
	uint8_t wscale;
	bool has_wscale, sack_ok, has_timestamps;
	bool has_unknown; /* options that are not named here, or that cannot be read */
	uint32_t ts_val, ts_ecr;
	uint8_t sack_count;
	struct sack_block sacks[PACKET_SACKS];

	uint8_t icmp_type, icmp_code; /* ICMP or ICMPv6 */
	uint32_t icmp_mtu; /* of "fragmentation needed", "packet too big" */
	struct packet_inner inner; /* of an ICMP error */
};

/* idiag_timer */
enum diag_timer {
	DIAG_TIMER_NONE,
	DIAG_TIMER_ON, /* retransmission (loss probes too), or a request sock's SYN+ACK */
	DIAG_TIMER_KEEPALIVE,
	DIAG_TIMER_TIMEWAIT,
	DIAG_TIMER_PROBE0,
	DIAG_TIMER_COUNT,
};

enum sock_object { OBJECT_NONE, OBJECT_FULL, OBJECT_REQUEST, OBJECT_TIME_WAIT, OBJECT_COUNT };

struct sample {
	enum tcp_state state; /* a time-wait sock's is its substate */
	enum sock_object object;
	enum diag_timer timer;
	int64_t expires_ms; /* of the timer; 0 without one */
	uint32_t retransmits; /* idiag_retrans: timeouts since the last ACK */
	uint32_t rto_us; /* tcpi_rto; 0: not a full socket */
	uint32_t rtt_us; /* tcpi_rtt */
	uint32_t unacked; /* tcpi_unacked, segments */
	uint64_t cookie;
	bool orphan; /* idiag_inode == 0 on a full socket */
	int64_t gap_ns; /* time since the reading before; -1: the first */
};

enum mini_change {
	MINI_CREATED,
	MINI_EXPIRED,
	MINI_ACCEPTED,
	MINI_GONE,
	MINI_RETRANSMIT,
	MINI_CHANGE_COUNT
};

enum payload_match { PAYLOAD_ANY, PAYLOAD_SOME, PAYLOAD_NONE };

/*
 * What a rule looks for. A member that is 0 asks nothing; one that only TCP (or ICMP) can
 * answer asks for that protocol too.
 */
struct packet_match {
	enum side from; /* frames that this host sent */
	uint8_t family; /* AF_INET, AF_INET6 */
	uint8_t protocol; /* IPPROTO_TCP, ... */
	uint16_t src_port, dst_port;
	uint16_t flags_mask, flags_value; /* (flags & mask) == value */
	enum payload_match payload; /* of TCP */
	bool has_seq; /* the first byte's number lies in seq_first..seq_last, modulo 2^32 */
	uint32_t seq_first, seq_last;
	bool has_icmp; /* ICMP or ICMPv6 of this type and code */
	uint8_t icmp_type, icmp_code;
};

enum frame_action {
	FRAME_DROP,
	FRAME_HOLD,
	FRAME_RELEASE,
	FRAME_DUPLICATE,
	FRAME_INJECT,
	FRAME_REJECT, /* dropped, and its sender told so by ICMP (an injected frame) */
	FRAME_OVERFLOW, /* released, and dropped by the host, whose own queue was full */
	FRAME_ACTION_COUNT
};

/* What was late. */
enum late_what {
	LATE_WAKE, /* the harness's own wake-up: it was not scheduled */
	LATE_TIMER, /* a timer of ours that was set beside one of the kernel's */
	LATE_HAND, /* the hand wire: from a frame's stamp to its forwarding */
	LATE_STEAL, /* the processor was taken away: waiting on a run queue, stolen by a hypervisor */
	LATE_TICK, /* the kernel's tick: until it comes, timers are set by a clock that is behind */
	LATE_WHAT_COUNT,
};

#define SOCK_LABEL_SIZE 12 /* a letter and a number of 32 bits */

/*
 * The texts of an event are its owner's: whoever makes one points to what lives long enough,
 * record_add_event() copies it into the record. In a record none is NULL; "" is an absent one.
 */
struct event {
	int64_t t_ns;
	enum event_kind kind;
	enum side host; /* whose socket, or which port saw it */
	char sock[SOCK_LABEL_SIZE];
	union {
		struct {
			const char *name; /* "close" */
			const char *args; /* "SHUT_WR", "10.0.0.2:8080" */
			int64_t result;
			int err; /* positive errno, 0 on success */
			const char *signal; /* that the call raised: "SIGPIPE"; "" none */
			char peer[SOCK_LABEL_SIZE]; /* what accept() returned; "" none */
			unsigned int child; /* that made it; 0: the probe itself */
			int64_t took_ns; /* from call to return where it slept; 0: it did not */
		} call;
		struct {
			const char *name;
			const char *from, *to;
		} sysctl;
		struct {
			const char *text;
		} note;
		struct {
			enum tcp_state from, to;
			/* "syscall close", "packet", "timer tcp_write_timer"; "" unknown */
			const char *cause;
		} transition;
		struct {
			enum tcp_state state;
		} retransmit;
		struct {
			bool sent; /* else received */
			enum tcp_state state;
		} reset;
		struct {
			enum sock_object object;
			enum mini_change change;
		} mini;
		struct {
			const char *reason;
		} drop;
		struct sample sample;
		/*
		 * Those of one instant have the same t_ns, host and port: one for each state and
		 * object that is there, or a single one of STATE_GONE when there is no socket.
		 */
		struct {
			uint16_t port; /* local or remote; 0: all sockets */
			enum tcp_state state;
			enum sock_object object;
			uint32_t count; /* of this state and object */
			uint32_t total; /* of all at this instant */
		} counts;
		struct {
			struct packet packet;
			bool on_loopback; /* seen on the host's lo, not on the wire */
			bool arriving; /* from the host into the wire; else leaving the wire towards it */
		} packet;
		struct {
			uint32_t id; /* the same for on and off */
			const char *action; /* "drop", "hold", "netem" */
			const char *text; /* as a person reads it: nft's words */
			struct packet_match match;
			bool on;
			int64_t hits; /* when switched off; -1: not counted */
		} rule;
		struct {
			enum frame_action action;
			uint32_t rule; /* the rule that asked for it; 0: the probe itself */
			struct packet packet;
		} frame;
		struct {
			const char *name; /* "TcpExt.TCPTimeouts" */
			int64_t delta; /* since the run began */
			const char *mark; /* read at this mark in mid-run; "": when the run ended */
		} counter;
		struct {
			enum late_what what;
			int64_t due_ns; /* when it should have happened, as t_ns */
			int64_t late_ns; /* by how much it was later */
		} late;
	};
};

/* The observer that an event of @kind comes from. */
enum observer event_observer(enum event_kind kind);

/* A packet that leaves its host: into the wire, or out by lo. */
bool event_departs(const struct event *event);
/* A packet that comes to its host: out of the wire, or back in by lo. */
bool event_arrives(const struct event *event);

/* Names as in the record: "FIN_WAIT2", "tap", "client", "packet", "timewait", ... */
const char *state_name(enum tcp_state state);
const char *observer_name(enum observer observer);
const char *side_name(enum side side);
const char *event_kind_name(enum event_kind kind);
const char *diag_timer_name(enum diag_timer timer);
const char *sock_object_name(enum sock_object object);
const char *mini_change_name(enum mini_change change);
const char *frame_action_name(enum frame_action action);
const char *late_what_name(enum late_what what);

/* The other way about: the value, or -1 when @name is none of them. */
int state_parse(const char *name);
int observer_parse(const char *name);
int side_parse(const char *name);
int event_kind_parse(const char *name);
int diag_timer_parse(const char *name);
int sock_object_parse(const char *name);
int mini_change_parse(const char *name);
int frame_action_parse(const char *name);
int late_what_parse(const char *name);

static inline enum side side_other(enum side side)
{
	return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

#define TCP_FLAGS_TEXT_SIZE 10
/* tcpdump's letters in the order SFRPAUEWe, "" for none: "SA", "FA". */
const char *tcp_flags_text(uint16_t flags, char buf[TCP_FLAGS_TEXT_SIZE]);
int tcp_flags_parse(const char *text, uint16_t *flags);

#define ENDPOINT_TEXT_SIZE 56
/* "10.0.0.2:8080", "[fd00::2]:8080". */
const char *endpoint_text(const struct endpoint *ep, char buf[ENDPOINT_TEXT_SIZE]);
int endpoint_parse(const char *text, struct endpoint *ep);
bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);

#endif
