// SPDX-License-Identifier: GPL-2.0-or-later
/* schema_event: the fields of each kind of event; see field.h. */
#include <assert.h>
#include <netinet/in.h>

#include "schema.h"

#define AT(member) FIELD_AT(struct event, member)
#define IN_PACKET(member) FIELD_AT(struct packet, member)
#define HAS(member) .has = offsetof(struct packet, member)
#define HOST                                                                                       \
	{"host", &type_side, AT(host), FIELD_NEEDED, "whose it is"},                               \
	{                                                                                          \
		"sock", &type_chars, AT(sock), FIELD_GIVEN, "the socket's label"                   \
	}

static const struct type type_kind = TYPE_WORD(event_kind_words);

const struct field event_fields[] = {
	{"type", &type_text, 0, 0, FIELD_LINE, "`event`"},
	{"probe", &type_text, 0, 0, FIELD_LINE, "whose event it is: the probe's id"},
	{"t_ns", &type_time, AT(t_ns), FIELD_NEEDED, "when, since the probe began"},
	{"observer", &type_text, 0, 0, FIELD_LINE, "who saw it; follows from the kind"},
	{"kind", &type_kind, AT(kind), FIELD_LINE, "what it is"},
	{0},
};

static const struct field call_fields[] = {
	HOST,
	{"call", &type_text, AT(call.name), FIELD_NEEDED, "the system call"},
	{"args", &type_text, AT(call.args), FIELD_GIVEN, "its arguments, for people"},
	{"result", &type_int64, AT(call.result), FIELD_ALWAYS, "what it returned"},
	{"errno", &type_errno, AT(call.err), FIELD_GIVEN, "when it failed: the number"},
	{"error", &type_error, AT(call.err), FIELD_DERIVED, "when it failed: the name"},
	{"signal", &type_text, AT(call.signal), FIELD_GIVEN, "what it raised: `SIGPIPE`"},
	{"peer", &type_chars, AT(call.peer), FIELD_GIVEN, "the socket it made: `accept`"},
	{"child", &type_uint, AT(call.child), FIELD_GIVEN,
         "which child process made it; absent: the probe itself"},
	{"took_ns", &type_int64, AT(call.took_ns), FIELD_GIVEN,
         "how long it slept: `close` with `SO_LINGER`"},
	{0},
};

static const struct field sysctl_fields[] = {
	HOST,
	{"name", &type_text, AT(sysctl.name), FIELD_NEEDED, "`net.ipv4.tcp_fin_timeout`"},
	{"from", &type_text, AT(sysctl.from), FIELD_ALWAYS, "what it was"},
	{"to", &type_text, AT(sysctl.to), FIELD_ALWAYS, "what it is from now on"},
	{0},
};

static const struct field note_fields[] = {
	HOST,
	{"text", &type_text, AT(note.text), FIELD_NEEDED, "a remark of the probe"},
	{0},
};

static const struct field transition_fields[] = {
	HOST,
	{"from", &type_state, AT(transition.from), FIELD_NEEDED, "the state before"},
	{"to", &type_state, AT(transition.to), FIELD_NEEDED, "the state after"},
	{"cause", &type_text, AT(transition.cause), FIELD_GIVEN,
         "`syscall close`, `packet`, `timer tcp_write_timer`; absent: the stack did not tell"},
	{0},
};

static const struct field retransmit_fields[] = {
	HOST,
	{"state", &type_state, AT(retransmit.state), FIELD_NEEDED, "the socket's"},
	{0},
};

static const struct field reset_fields[] = {
	HOST,
	{"sent", &type_bool, AT(reset.sent), FIELD_ALWAYS, "else received"},
	{"state", &type_state, AT(reset.state), FIELD_NEEDED, "the socket's"},
	{0},
};

static const struct field destroy_fields[] = {HOST, {0}};

static const struct type type_mini_change = TYPE_WORD(mini_change_words);

static const struct field mini_fields[] = {
	HOST,
	{"object", &type_sock_object, AT(mini.object), FIELD_NEEDED, "which mini-socket"},
	{"change", &type_mini_change, AT(mini.change), FIELD_NEEDED, "what became of its timer"},
	{0},
};

static const struct field drop_fields[] = {
	HOST,
	{"reason", &type_text, AT(drop.reason), FIELD_ALWAYS,
         "the kernel's `enum skb_drop_reason`, or its number"},
	{0},
};

static const struct type type_timer = TYPE_WORD(diag_timer_words);
static const struct type type_expires = TYPE_NUMBER(INT32_MIN, UINT32_MAX, 0);
static const struct type type_gap = TYPE_NUMBER(-1, JSON_TIME_MAX, -1);

static const struct field sample_fields[] = {
	HOST,
	{"state", &type_state, AT(sample.state), FIELD_NEEDED, "of a time-wait sock: its substate"},
	{"object", &type_sock_object, AT(sample.object), FIELD_ALWAYS, "what carries the state"},
	{"timer", &type_timer, AT(sample.timer), FIELD_ALWAYS,
         "`on`: retransmission, loss probe, or a request sock's SYN+ACK"},
	{"expires_ms", &type_expires, AT(sample.expires_ms), FIELD_ALWAYS, "the timer is due in"},
	{"retransmits", &type_uint, AT(sample.retransmits), FIELD_ALWAYS,
         "timeouts since the last acknowledgement"},
	{"rto_us", &type_uint, AT(sample.rto_us), FIELD_ALWAYS, "tcpi_rto; 0: not a full socket"},
	{"rtt_us", &type_uint, AT(sample.rtt_us), FIELD_ALWAYS, "tcpi_rtt"},
	{"unacked", &type_uint, AT(sample.unacked), FIELD_ALWAYS, "tcpi_unacked, segments"},
	{"cookie", &type_hex, AT(sample.cookie), FIELD_ALWAYS, "as `ss -e` prints it after `sk:`"},
	{"orphan", &type_bool, AT(sample.orphan), FIELD_ALWAYS,
         "a full socket that no process holds"},
	{"gap_ns", &type_gap, AT(sample.gap_ns), FIELD_ALWAYS,
         "since the reading before; -1: there was none"},
	{0},
};

static const struct field counts_fields[] = {
	HOST,
	{"port", &type_uint, AT(counts.port), FIELD_ALWAYS,
         "of which local or remote port; 0: of all"},
	{"state", &type_state, AT(counts.state), FIELD_NEEDED,
         "`GONE` with a `total` of 0: there was none"},
	{"object", &type_sock_object, AT(counts.object), FIELD_NEEDED, "what carries the state"},
	{"count", &type_uint, AT(counts.count), FIELD_ALWAYS, "how many of this state and object"},
	{"total", &type_uint, AT(counts.total), FIELD_ALWAYS, "how many of all"},
	{0},
};

static const struct field option_fields[] = {
	{"mss", &type_uint, IN_PACKET(mss), FIELD_GIVEN, "maximum segment size"},
	{"wscale", &type_uint, IN_PACKET(wscale), FIELD_GIVEN, "window scale", HAS(has_wscale)},
	{"sack_ok", &type_bool, IN_PACKET(sack_ok), FIELD_GIVEN, "SACK permitted"},
	{"ts_val", &type_uint, IN_PACKET(ts_val), FIELD_GIVEN, "timestamp", HAS(has_timestamps)},
	{"ts_ecr", &type_uint, IN_PACKET(ts_ecr), FIELD_GIVEN, "timestamp echo",
         HAS(has_timestamps)},
	{"sacks", &type_sacks, 0, 0, FIELD_GIVEN, "SACK blocks: pairs of first byte and end"},
	{"unknown", &type_bool, IN_PACKET(has_unknown), FIELD_GIVEN,
         "others, or such as cannot be read"},
	{0},
};

static bool inner_absent(const struct field *field, const void *at)
{
	(void)field;
	return !((const struct packet_inner *)at)->src.family;
}

static bool icmp_absent(const struct field *field, const void *at)
{
	const struct packet *packet = at;

	(void)field;
	return packet->protocol != IPPROTO_ICMP && packet->protocol != IPPROTO_ICMPV6;
}

static const struct type type_inner = {
	.name = "object",
	.put = type_object_put,
	.take = type_object_take,
	.absent = inner_absent,
};
static const struct type type_icmp = {
	.name = "object",
	.put = type_object_put,
	.take = type_object_take,
	.absent = icmp_absent,
};

static const struct field inner_fields[] = {
	{"protocol", &type_uint, FIELD_AT(struct packet_inner, protocol), FIELD_ALWAYS,
         "the quoted packet's"},
	{"src", &type_endpoint, FIELD_AT(struct packet_inner, src), FIELD_NEEDED, "its sender"},
	{"dst", &type_endpoint, FIELD_AT(struct packet_inner, dst), FIELD_NEEDED, "its addressee"},
	{"seq", &type_uint, FIELD_AT(struct packet_inner, seq), FIELD_GIVEN, "TCP's"},
	{0},
};

static const struct field icmp_fields[] = {
	{"type", &type_uint, IN_PACKET(icmp_type), FIELD_ALWAYS, "ICMP's, or ICMPv6's"},
	{"code", &type_uint, IN_PACKET(icmp_code), FIELD_ALWAYS, "ICMP's, or ICMPv6's"},
	{"mtu", &type_uint, IN_PACKET(icmp_mtu), FIELD_GIVEN, "of the next hop, when it tells"},
	{"inner", &type_inner, IN_PACKET(inner), FIELD_GIVEN, "of an error: what it quotes",
         .fields = inner_fields},
	{0},
};

static const struct field packet_fields[] = {
	{"protocol", &type_uint, IN_PACKET(protocol), FIELD_NEEDED, "IP's: 6 is TCP"},
	{"src", &type_endpoint, IN_PACKET(src), FIELD_NEEDED, "address and port"},
	{"dst", &type_endpoint, IN_PACKET(dst), FIELD_NEEDED, "address and port"},
	{"ttl", &type_uint, IN_PACKET(ttl), FIELD_GIVEN, "or IPv6's hop limit"},
	{"fragment_offset", &type_uint, IN_PACKET(fragment_offset), FIELD_GIVEN,
         "in bytes; what follows is not known then"},
	{"more_fragments", &type_bool, IN_PACKET(more_fragments), FIELD_GIVEN,
         "this fragment is not the last"},
	{"flags", &type_flags, IN_PACKET(flags), FIELD_ALWAYS, "TCP's"},
	{"seq", &type_uint, IN_PACKET(seq), FIELD_ALWAYS, "TCP's, absolute"},
	{"ack", &type_uint, IN_PACKET(ack), FIELD_ALWAYS, "TCP's, absolute"},
	{"window", &type_uint, IN_PACKET(window), FIELD_ALWAYS, "TCP's, unscaled"},
	{"len", &type_uint, IN_PACKET(len), FIELD_ALWAYS, "payload bytes of TCP or UDP"},
	{"urgent", &type_uint, IN_PACKET(urgent), FIELD_GIVEN, "TCP's urgent pointer"},
	{"options", &type_object, 0, 0, FIELD_GIVEN, "TCP's, each where the segment has it",
         .fields = option_fields},
	{"icmp", &type_icmp, 0, 0, FIELD_GIVEN, "where the protocol is ICMP or ICMPv6",
         .fields = icmp_fields},
	{0},
};

static const char *const link_names[] = {"wire", "lo"};
static const struct words link_words = {link_names, 2};
static const struct type type_link = TYPE_WORD(link_words);

static const struct field tap_fields[] = {
	{"at", &type_side, AT(host), FIELD_NEEDED, "the port of the wire that faces this host"},
	{"sock", &type_chars, AT(sock), FIELD_GIVEN,
         "the connection: the label of that host's end"},
	{"link", &type_link, AT(packet.on_loopback), FIELD_ALWAYS,
         "`lo`: seen on the host's own loopback"},
	{"arriving", &type_bool, AT(packet.arriving), FIELD_ALWAYS,
         "from the host into the wire; else leaving the wire towards it"},
	{NULL, &type_object, AT(packet.packet), FIELD_ALWAYS, NULL, packet_fields},
	{0},
};

static bool payload_is_not_none(const struct field *field, const void *at)
{
	(void)field;
	return *(const enum payload_match *)at != PAYLOAD_NONE;
}

static void has_payload_put(struct json_out *out, const struct field *field, const void *at)
{
	json_put_bool(out, field->key, *(const enum payload_match *)at == PAYLOAD_SOME);
}

static void has_payload_take(struct json_in *in, const struct field *field, void *at)
{
	if (json_take_bool(in, field->key))
		*(enum payload_match *)at = PAYLOAD_SOME;
}

static void no_payload_put(struct json_out *out, const struct field *field, const void *at)
{
	(void)at;
	json_put_bool(out, field->key, true);
}

static void no_payload_take(struct json_in *in, const struct field *field, void *at)
{
	if (json_take_bool(in, field->key))
		*(enum payload_match *)at = PAYLOAD_NONE;
}

static json_t *truth_schema(const struct field *field)
{
	(void)field;
	return json_pack("{s:s}", "type", "boolean");
}

static const struct type type_has_payload = {
	.name = "true or false",
	.put = has_payload_put,
	.take = has_payload_take,
	.schema = truth_schema,
};
static const struct type type_no_payload = {
	.name = "true",
	.put = no_payload_put,
	.take = no_payload_take,
	.absent = payload_is_not_none,
	.schema = truth_schema,
};

static const char *const direction_names[] = {
	[SIDE_CLIENT] = "client\u2192server",
	[SIDE_SERVER] = "server\u2192client",
};
static const struct words direction_words = {direction_names, SIDE_COUNT};
static const struct type type_direction = TYPE_WORD(direction_words);

static const char *const switch_names[] = {"off", "on"};
static const struct words switch_words = {switch_names, 2};
static const struct type type_switch = TYPE_WORD(switch_words);
static const struct type type_hits = TYPE_NUMBER(-1, INT64_MAX, -1);

#define HAS_MATCH(member) .has = offsetof(struct event, rule.match.member)

static const struct field rule_fields[] = {
	HOST,
	{"id", &type_uint, AT(rule.id), FIELD_ALWAYS, "ties on and off together"},
	{"action", &type_text, AT(rule.action), FIELD_NEEDED, "`drop`, `hold`, `netem`, ..."},
	{"on", &type_direction, AT(rule.match.from), FIELD_NEEDED, "of which frames"},
	{"match", &type_text, AT(rule.text), FIELD_ALWAYS, "what it looks for, for people"},
	{"flags_mask", &type_flags, AT(rule.match.flags_mask), FIELD_ALWAYS,
         "these flags, masked, ..."},
	{"flags_value", &type_flags, AT(rule.match.flags_value), FIELD_ALWAYS, "... are these"},
	{"has_payload", &type_has_payload, AT(rule.match.payload), FIELD_ALWAYS,
         "only segments that carry data"},
	{"no_payload", &type_no_payload, AT(rule.match.payload), FIELD_GIVEN,
         "only segments that carry none"},
	{"family", &type_address_family, AT(rule.match.family), FIELD_GIVEN, "only this IP"},
	{"protocol", &type_uint, AT(rule.match.protocol), FIELD_GIVEN, "only this protocol"},
	{"src_port", &type_uint, AT(rule.match.src_port), FIELD_GIVEN, "only from this port"},
	{"dst_port", &type_uint, AT(rule.match.dst_port), FIELD_GIVEN, "only to this port"},
	{"seq_first", &type_uint, AT(rule.match.seq_first), FIELD_GIVEN,
         "only with a sequence number from this one on, modulo 2^32, ...", HAS_MATCH(has_seq)},
	{"seq_last", &type_uint, AT(rule.match.seq_last), FIELD_GIVEN, "... up to this one",
         HAS_MATCH(has_seq)},
	{"icmp_type", &type_uint, AT(rule.match.icmp_type), FIELD_GIVEN, "only ICMP of this type",
         HAS_MATCH(has_icmp)},
	{"icmp_code", &type_uint, AT(rule.match.icmp_code), FIELD_GIVEN, "and this code",
         HAS_MATCH(has_icmp)},
	{"state", &type_switch, AT(rule.on), FIELD_NEEDED, "switched on or off"},
	{"hits", &type_hits, AT(rule.hits), FIELD_ALWAYS, "frames it took; -1: not counted (yet)"},
	{0},
};

static const struct type type_frame_action = TYPE_WORD(frame_action_words);

static const struct field frame_fields[] = {
	HOST,
	{"action", &type_frame_action, AT(frame.action), FIELD_NEEDED, "what the hand did"},
	{"rule", &type_uint, AT(frame.rule), FIELD_ALWAYS, "asked by; 0: by the probe itself"},
	{NULL, &type_object, AT(frame.packet), FIELD_ALWAYS,
         "and what a `packet` has from `protocol` on", packet_fields},
	{0},
};

static const struct field counter_fields[] = {
	HOST,
	{"name", &type_text, AT(counter.name), FIELD_NEEDED, "`TcpExt.TCPTimeouts`"},
	{"delta", &type_int64, AT(counter.delta), FIELD_NEEDED, "its growth since the run began"},
	{"mark", &type_text, AT(counter.mark), FIELD_GIVEN,
         "read in mid-run, at this mark; absent: when the run ended"},
	{0},
};

static const struct type type_late_what = TYPE_WORD(late_what_words);

static const struct field late_fields[] = {
	HOST,
	{"what", &type_late_what, AT(late.what), FIELD_NEEDED,
         "`wake`: the harness's own wake-up, `timer`: a timer beside one of the kernel's, "
         "`hand`: a frame on the hand wire, `steal`: the processor was somebody else's, "
         "`tick`: the kernel's own, so that its timers were set too early"},
	{"due_ns", &type_time, AT(late.due_ns), FIELD_NEEDED, "when it was due, as `t_ns`"},
	{"late_ns", &type_duration, AT(late.late_ns), FIELD_NEEDED, "how much later it was"},
	{0},
};

const struct field *const event_kind_fields[EVENT_KIND_COUNT] = {
	[EVENT_CALL] = call_fields,
	[EVENT_SYSCTL] = sysctl_fields,
	[EVENT_NOTE] = note_fields,
	[EVENT_TRANSITION] = transition_fields,
	[EVENT_RETRANSMIT] = retransmit_fields,
	[EVENT_RESET] = reset_fields,
	[EVENT_DESTROY] = destroy_fields,
	[EVENT_MINI_SOCKET] = mini_fields,
	[EVENT_DROP] = drop_fields,
	[EVENT_SAMPLE] = sample_fields,
	[EVENT_COUNTS] = counts_fields,
	[EVENT_PACKET] = tap_fields,
	[EVENT_RULE] = rule_fields,
	[EVENT_FRAME] = frame_fields,
	[EVENT_COUNTER] = counter_fields,
	[EVENT_LATE] = late_fields,
};
static_assert(sizeof(event_kind_fields) / sizeof(event_kind_fields[0]) == EVENT_KIND_COUNT,
              "fields for every kind");
