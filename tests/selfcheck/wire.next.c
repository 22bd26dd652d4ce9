// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's wire loses and doubles the next few frames and no more, as the hand does.
 *
 *   client                         server
 *   SYN_SENT    ---- S ---X        the next one is dropped: it comes again after 1 s
 *   ESTABLISHED ---- PA -->-->     the next one is doubled
 *               ---- PA ---X       the next two are dropped: the third one arrives
 */
#include "../../harness/probe.h"

enum { DOUBLED = 10, LOST = 20 };

static const struct packet_match syn = {
	.from = SIDE_CLIENT, .flags_mask = TCP_FLAG_SYN, .flags_value = TCP_FLAG_SYN};
static const struct packet_match data = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};

static void run(struct probe_run *run)
{
	struct sock *listener = sock_listen(run, SIDE_SERVER, 8080);
	struct sock *client = sock_open(run, SIDE_CLIENT), *server;

	wire_drop_next(run, syn, 1);
	sock_connect(client, SIDE_SERVER, 8080);
	server = sock_accept(listener);
	wire_duplicate_next(run, data, 1);
	sock_send(client, DOUBLED);
	sock_receive(server, DOUBLED);
	await_sent_in_all(run, data, 1);
	wire_drop_next(run, data, 2);
	sock_send(client, LOST);
	sock_receive(server, LOST);
}

/* Those of @len bytes: as many as were @lost, or not. */
static struct measured measure_segments(struct judge *judge, uint16_t len, bool lost)
{
	struct sent sent = sent_since(judge, &data, 0);
	int64_t count = 0;

	for (size_t i = 0; i < sent.count; i++)
		count += sent.items[i]->packet->len == len &&
		         (sent.items[i]->fate == FATE_DROPPED) == lost;
	return (struct measured){.value = value_count(count), .rests_on = sent.rests_on};
}

/* What came out of the wire at the server's port. */
static struct measured measure_arrived(struct judge *judge, uint16_t len)
{
	const struct story *story = judged_story(judge);
	int64_t count = 0;

	for (size_t i = 0; i < story->event_count; i++)
		count += event_arrives(story->events[i]) && story->events[i]->host == SIDE_SERVER &&
		         story->events[i]->packet.packet.len == len;
	return (struct measured){.value = value_count(count), .rests_on = RESTS_ON(OBSERVER_TAP)};
}

static void judge_number(struct judge *judge, const char *name, int64_t predicts,
                         struct measured measured)
{
	judge_count(judge, &(struct figure){
				   .name = name,
				   .predicts = value_count(predicts),
				   .measured = measured,
				   .rule = "none: a selfcheck",
			   });
}

static void judge(const struct story *story, struct judge *judge)
{
	struct sent syns = sent_since(judge, &syn, 0), first = syns;

	(void)story;
	first.count = syns.count ? 1 : 0;
	judge_claim(judge, "wire.next");
	judge_number(judge, "syns_sent", 2, measure_sent(&syns));
	judge_truth(judge, &(struct figure){
				   .name = "first_syn_lost",
				   .predicts = value_truth(true),
				   .measured = measure_all_lost(&first),
			   });
	judge_number(judge, "doubled_arrived", 2, measure_arrived(judge, DOUBLED));
	judge_number(judge, "lost", 2, measure_segments(judge, LOST, true));
	judge_number(judge, "lost_arrived", 1, measure_arrived(judge, LOST));
}

const struct probe probe_wire_next = {
	.id = "wire.next",
	.title = "The kernel's wire loses and doubles the next few frames",
	.question = "Are exactly the next few frames lost, or doubled, without the hand?",
	.kernel_path = "nft_ng_inc_eval(), nft_dup_netdev_eval()",
	.wire = WIRE_KERNEL,
	.claims = {{"wire.next", "-", "As many frames as were asked for, and no more."}},
	.run = run,
	.judge = judge,
};
