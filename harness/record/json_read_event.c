// SPDX-License-Identifier: GPL-2.0-or-later
/* json_read_event: what each kind of event carries, taken back. */
#include <stdlib.h>
#include <string.h>

#include "json_read.h"

static void need_endpoint(struct json_in *in, const char *key, struct endpoint *ep)
{
	const char *text = json_need_text(in, key);

	if (!in->failed && endpoint_parse(text, ep))
		json_fail(in, "\"%s\": \"%s\" is no address and port", key, text);
}

static uint16_t take_flags(struct json_in *in, const char *key)
{
	const char *text = json_take_text(in, key);
	uint16_t flags = 0;

	if (!in->failed && tcp_flags_parse(text, &flags))
		json_fail(in, "\"%s\": \"%s\" are no TCP flags", key, text);
	return flags;
}

static uint32_t take_u32(struct json_in *in, const char *key)
{
	return (uint32_t)json_take_int(in, key, 0, UINT32_MAX, 0);
}

static uint16_t take_u16(struct json_in *in, const char *key)
{
	return (uint16_t)json_take_int(in, key, 0, UINT16_MAX, 0);
}

static void take_options(struct json_in *in, struct packet *packet)
{
	struct json_in options = json_take_object(in, "options");

	packet->mss = take_u16(&options, "mss");
	packet->has_wscale = options.object && json_object_get(options.object, "wscale");
	packet->wscale = (uint8_t)json_take_int(&options, "wscale", 0, UINT8_MAX, 0);
	packet->sack_ok = json_take_bool(&options, "sack_ok", false);
	packet->has_timestamps = options.object && json_object_get(options.object, "ts_val");
	packet->ts_val = take_u32(&options, "ts_val");
	packet->ts_ecr = take_u32(&options, "ts_ecr");
	in->failed |= options.failed;
}

static void take_packet(struct json_in *in, struct packet *packet)
{
	packet->protocol = (uint8_t)json_need_int(in, "protocol", 0, UINT8_MAX);
	need_endpoint(in, "src", &packet->src);
	need_endpoint(in, "dst", &packet->dst);
	packet->flags = take_flags(in, "flags");
	packet->seq = take_u32(in, "seq");
	packet->ack = take_u32(in, "ack");
	packet->window = take_u16(in, "window");
	packet->len = take_u16(in, "len");
	take_options(in, packet);
}

static int link_parse(const char *name)
{
	return !strcmp(name, "wire") ? 0 : !strcmp(name, "lo") ? 1 : -1;
}

static int rule_on_parse(const char *name)
{
	if (!strcmp(name, "client\u2192server"))
		return SIDE_CLIENT;
	return !strcmp(name, "server\u2192client") ? SIDE_SERVER : -1;
}

static int on_off_parse(const char *name)
{
	return !strcmp(name, "off") ? 0 : !strcmp(name, "on") ? 1 : -1;
}

static void take_call(struct json_in *in, struct event *event)
{
	event->call.name = json_need_text(in, "call");
	event->call.args = json_take_text(in, "args");
	event->call.result = json_take_int(in, "result", INT64_MIN, INT64_MAX, 0);
	event->call.err = (int)json_take_int(in, "errno", 0, 4095, 0);
}

static void take_sysctl(struct json_in *in, struct event *event)
{
	event->sysctl.name = json_need_text(in, "name");
	event->sysctl.from = json_take_text(in, "from");
	event->sysctl.to = json_take_text(in, "to");
}

static void take_transition(struct json_in *in, struct event *event)
{
	event->transition.from = json_need_word(in, "from", state_parse);
	event->transition.to = json_need_word(in, "to", state_parse);
	event->transition.cause = json_take_text(in, "cause");
}

/* What ss -e prints after "sk:": hexadecimal without a prefix. */
static uint64_t take_cookie(struct json_in *in)
{
	const char *text = json_take_text(in, "cookie");

	if (strlen(text) > 16 || text[strspn(text, "0123456789abcdef")])
		json_fail(in, "\"cookie\" is not hexadecimal");
	return in->failed ? 0 : strtoull(text, NULL, 16);
}

static void take_sample(struct json_in *in, struct sample *sample)
{
	sample->state = json_need_word(in, "state", state_parse);
	sample->object = json_take_word(in, "object", sock_object_parse, OBJECT_NONE);
	sample->timer = json_take_word(in, "timer", diag_timer_parse, DIAG_TIMER_NONE);
	sample->expires_ms = json_take_int(in, "expires_ms", INT32_MIN, UINT32_MAX, 0);
	sample->retransmits = take_u32(in, "retransmits");
	sample->rto_us = take_u32(in, "rto_us");
	sample->rtt_us = take_u32(in, "rtt_us");
	sample->unacked = take_u32(in, "unacked");
	sample->cookie = take_cookie(in);
	sample->orphan = json_take_bool(in, "orphan", false);
	sample->gap_ns = json_take_int(in, "gap_ns", -1, JSON_TIME_MAX, -1);
}

static void take_rule(struct json_in *in, struct event *event)
{
	struct packet_match *match = &event->rule.match;

	event->rule.id = take_u32(in, "id");
	event->rule.action = json_need_text(in, "action");
	event->rule.text = json_take_text(in, "match");
	match->from = json_need_word(in, "on", rule_on_parse);
	match->flags_mask = take_flags(in, "flags_mask");
	match->flags_value = take_flags(in, "flags_value");
	match->payload = json_take_bool(in, "has_payload", false) ? PAYLOAD_SOME : PAYLOAD_ANY;
	event->rule.on = json_need_word(in, "state", on_off_parse);
	event->rule.hits = json_take_int(in, "hits", -1, INT64_MAX, -1);
}

static void take_tap(struct json_in *in, struct event *event)
{
	event->packet.on_loopback = json_take_word(in, "link", link_parse, 0);
	event->packet.arriving = json_take_bool(in, "arriving", false);
	take_packet(in, &event->packet.packet);
}

void json_take_event(struct json_in *in, struct event *event)
{
	switch (event->kind) {
	case EVENT_CALL:
		take_call(in, event);
		break;
	case EVENT_SYSCTL:
		take_sysctl(in, event);
		break;
	case EVENT_NOTE:
		event->note.text = json_need_text(in, "text");
		break;
	case EVENT_TRANSITION:
		take_transition(in, event);
		break;
	case EVENT_RETRANSMIT:
		event->retransmit.state = json_need_word(in, "state", state_parse);
		break;
	case EVENT_RESET:
		event->reset.sent = json_take_bool(in, "sent", false);
		event->reset.state = json_need_word(in, "state", state_parse);
		break;
	case EVENT_DESTROY:
		break;
	case EVENT_MINI_SOCKET:
		event->mini.object = json_need_word(in, "object", sock_object_parse);
		event->mini.change = json_need_word(in, "change", mini_change_parse);
		break;
	case EVENT_DROP:
		event->drop.reason = json_take_text(in, "reason");
		break;
	case EVENT_SAMPLE:
		take_sample(in, &event->sample);
		break;
	case EVENT_COUNTS:
		event->counts.port = take_u16(in, "port");
		event->counts.state = json_need_word(in, "state", state_parse);
		event->counts.object = json_need_word(in, "object", sock_object_parse);
		event->counts.count = take_u32(in, "count");
		event->counts.total = take_u32(in, "total");
		break;
	case EVENT_PACKET:
		take_tap(in, event);
		break;
	case EVENT_RULE:
		take_rule(in, event);
		break;
	case EVENT_FRAME:
		event->frame.action = json_need_word(in, "action", frame_action_parse);
		event->frame.rule = take_u32(in, "rule");
		take_packet(in, &event->frame.packet);
		break;
	case EVENT_COUNTER:
		event->counter.name = json_need_text(in, "name");
		event->counter.delta = json_need_int(in, "delta", INT64_MIN, INT64_MAX);
		event->counter.mark = json_take_text(in, "mark");
		break;
	case EVENT_LATE:
		event->late.what = json_need_word(in, "what", late_what_parse);
		event->late.due_ns = json_need_int(in, "due_ns", -JSON_TIME_MAX, JSON_TIME_MAX);
		event->late.late_ns = json_need_int(in, "late_ns", 0, JSON_TIME_MAX);
		break;
	case EVENT_KIND_COUNT:
		break;
	}
}
