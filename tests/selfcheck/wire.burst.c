// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is held reaches its host in one go, twice over, and the frames behind it pass as ever.
 *
 *   client                         server
 *               ---- PA 1 -.
 *               ---- PA 2 -.
 *               ---- PA 3 =.==>    all three at once
 */
#include "../../harness/probe.h"

enum { FRAMES = 3, BYTES = 10, BURSTS = 2 };

static const struct packet_match data = {.from = SIDE_CLIENT, .payload = PAYLOAD_SOME};

static void run_burst(struct probe_run *run, struct sock *client, struct sock *server)
{
	uint32_t held = wire_hold(run, data);

	for (int i = 0; i < FRAMES; i++)
		sock_send(client, BYTES);
	wire_await_held(run, held, FRAMES);
	wire_release_burst(run, held);
	wire_restore(run, held);
	sock_receive(server, FRAMES * BYTES);
}

static void run(struct probe_run *run)
{
	struct sock *client, *server;

	flow_establish(run, 8080, &client, &server);
	sock_nodelay(client); /* or the second of two small sends waits for an ACK */
	for (int i = 0; i < BURSTS; i++)
		run_burst(run, client, server);
	sock_send(client, BYTES);
	sock_receive(server, BYTES);
}

/* None was lost: each left once, and came. */
static void judge(const struct story *story, struct judge *judge)
{
	struct sent sent = sent_since(judge, &data, 0);
	int64_t came = 0;

	(void)story;
	for (size_t i = 0; i < sent.count; i++)
		came += sent.items[i]->fate == FATE_DELIVERED;
	judge_claim(judge, "wire.burst");
	judge_count(judge, &(struct figure){
				   .name = "came",
				   .predicts = value_count(BURSTS * FRAMES + 1),
				   .measured = {.value = value_count(came),
	                                        .rests_on = sent.rests_on,
	                                        .why_not = sent.why_not},
				   .rule = "none: a selfcheck",
			   });
}

const struct probe probe_wire_burst = {
	.id = "wire.burst",
	.title = "Frames that reach their host in one go",
	.question = "Three held frames are released as a burst: does each come, once?",
	.kernel_path = "-",
	.wire = WIRE_HAND,
	.claims = {{"wire.burst", "-", "All of a burst come."}},
	.run = run,
	.judge = judge,
};
