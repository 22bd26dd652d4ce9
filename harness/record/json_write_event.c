// SPDX-License-Identifier: GPL-2.0-or-later
/* json_write_event: what each kind of event carries. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json_write.h"

static void put_endpoint(struct json_out *out, const char *key, const struct endpoint *ep)
{
	char buf[ENDPOINT_TEXT_SIZE];

	json_put_text(out, key, endpoint_text(ep, buf));
}

static void put_flags(struct json_out *out, const char *key, uint16_t flags)
{
	char buf[TCP_FLAGS_TEXT_SIZE];

	json_put_text(out, key, tcp_flags_text(flags, buf));
}

static void put_options(struct json_out *out, const struct packet *packet)
{
	struct json_out options = {.object = json_object()};

	options.failed = !options.object;
	if (packet->mss)
		json_put_int(&options, "mss", packet->mss);
	if (packet->has_wscale)
		json_put_int(&options, "wscale", packet->wscale);
	if (packet->sack_ok)
		json_put_bool(&options, "sack_ok", true);
	if (packet->has_timestamps) {
		json_put_int(&options, "ts_val", packet->ts_val);
		json_put_int(&options, "ts_ecr", packet->ts_ecr);
	}
	if (options.failed)
		out->failed = true;
	if (options.failed || !json_object_size(options.object))
		json_decref(options.object);
	else
		json_put(out, "options", options.object);
}

static void put_packet(struct json_out *out, const struct packet *packet)
{
	json_put_int(out, "protocol", packet->protocol);
	put_endpoint(out, "src", &packet->src);
	put_endpoint(out, "dst", &packet->dst);
	put_flags(out, "flags", packet->flags);
	json_put_int(out, "seq", packet->seq);
	json_put_int(out, "ack", packet->ack);
	json_put_int(out, "window", packet->window);
	json_put_int(out, "len", packet->len);
	put_options(out, packet);
}

static void put_call(struct json_out *out, const struct event *event)
{
	const char *name = strerrorname_np(event->call.err);

	json_put_text(out, "call", event->call.name);
	if (json_is_given(event->call.args))
		json_put_text(out, "args", event->call.args);
	json_put_int(out, "result", event->call.result);
	if (event->call.err) {
		json_put_int(out, "errno", event->call.err);
		json_put_text(out, "error", name ? name : "?");
	}
}

static void put_transition(struct json_out *out, const struct event *event)
{
	json_put_text(out, "from", state_name(event->transition.from));
	json_put_text(out, "to", state_name(event->transition.to));
	if (json_is_given(event->transition.cause))
		json_put_text(out, "cause", event->transition.cause);
}

static void put_sample(struct json_out *out, const struct sample *sample)
{
	char cookie[20];

	json_put_text(out, "state", state_name(sample->state));
	json_put_text(out, "object", sock_object_name(sample->object));
	json_put_text(out, "timer", diag_timer_name(sample->timer));
	json_put_int(out, "expires_ms", sample->expires_ms);
	json_put_int(out, "retransmits", sample->retransmits);
	json_put_int(out, "rto_us", sample->rto_us);
	json_put_int(out, "rtt_us", sample->rtt_us);
	json_put_int(out, "unacked", sample->unacked);
	/* A name, not a number, and 64 bits wide: as ss -e writes it. */
	snprintf(cookie, sizeof(cookie), "%" PRIx64, sample->cookie);
	json_put_text(out, "cookie", cookie);
	json_put_bool(out, "orphan", sample->orphan);
	json_put_int(out, "gap_ns", sample->gap_ns);
}

static void put_rule(struct json_out *out, const struct event *event)
{
	const struct packet_match *match = &event->rule.match;

	json_put_int(out, "id", event->rule.id);
	json_put_text(out, "action", event->rule.action);
	json_put_text(out, "on",
	              match->from == SIDE_CLIENT ? "client\u2192server" : "server\u2192client");
	json_put_text(out, "match", event->rule.text);
	put_flags(out, "flags_mask", match->flags_mask);
	put_flags(out, "flags_value", match->flags_value);
	json_put_bool(out, "has_payload", match->payload == PAYLOAD_SOME);
	json_put_text(out, "state", event->rule.on ? "on" : "off");
	json_put_int(out, "hits", event->rule.hits);
}

static void put_sysctl(struct json_out *out, const struct event *event)
{
	json_put_text(out, "name", event->sysctl.name);
	json_put_text(out, "from", event->sysctl.from);
	json_put_text(out, "to", event->sysctl.to);
}

static void put_tap(struct json_out *out, const struct event *event)
{
	json_put_text(out, "link", event->packet.on_loopback ? "lo" : "wire");
	json_put_bool(out, "arriving", event->packet.arriving);
	put_packet(out, &event->packet.packet);
}

static void put_frame(struct json_out *out, const struct event *event)
{
	json_put_text(out, "action", frame_action_name(event->frame.action));
	json_put_int(out, "rule", event->frame.rule);
	put_packet(out, &event->frame.packet);
}

void json_put_event(struct json_out *out, const struct event *event)
{
	switch (event->kind) {
	case EVENT_CALL:
		put_call(out, event);
		break;
	case EVENT_SYSCTL:
		put_sysctl(out, event);
		break;
	case EVENT_NOTE:
		json_put_text(out, "text", event->note.text);
		break;
	case EVENT_TRANSITION:
		put_transition(out, event);
		break;
	case EVENT_RETRANSMIT:
		json_put_text(out, "state", state_name(event->retransmit.state));
		break;
	case EVENT_RESET:
		json_put_bool(out, "sent", event->reset.sent);
		json_put_text(out, "state", state_name(event->reset.state));
		break;
	case EVENT_DESTROY:
		break;
	case EVENT_MINI_SOCKET:
		json_put_text(out, "object", sock_object_name(event->mini.object));
		json_put_text(out, "change", mini_change_name(event->mini.change));
		break;
	case EVENT_DROP:
		json_put_text(out, "reason", event->drop.reason);
		break;
	case EVENT_SAMPLE:
		put_sample(out, &event->sample);
		break;
	case EVENT_COUNTS:
		json_put_int(out, "port", event->counts.port);
		json_put_text(out, "state", state_name(event->counts.state));
		json_put_text(out, "object", sock_object_name(event->counts.object));
		json_put_int(out, "count", event->counts.count);
		json_put_int(out, "total", event->counts.total);
		break;
	case EVENT_PACKET:
		put_tap(out, event);
		break;
	case EVENT_RULE:
		put_rule(out, event);
		break;
	case EVENT_FRAME:
		put_frame(out, event);
		break;
	case EVENT_COUNTER:
		json_put_text(out, "name", event->counter.name);
		json_put_int(out, "delta", event->counter.delta);
		if (json_is_given(event->counter.mark))
			json_put_text(out, "mark", event->counter.mark);
		break;
	case EVENT_LATE:
		json_put_text(out, "what", late_what_name(event->late.what));
		json_put_int(out, "due_ns", event->late.due_ns);
		json_put_int(out, "late_ns", event->late.late_ns);
		break;
	case EVENT_KIND_COUNT:
		break;
	}
}
