// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * More packets come at once than netdev_max_backlog: what becomes of those that find the
 * processor's queue full? enqueue_to_backlog() puts what a veth, loopback or another card
 * without NAPI of its own hands over (netif_rx()) into a queue of the processor's, which all
 * links and namespaces share, and takes one more as long as there are not more than
 * netdev_max_backlog. What is over it drops before any protocol has seen it.
 *
 *   clients                        server
 *               ---- PA --->       one packet each, of many connections, held by the wire
 *               ---- S ---->       and the SYN of a new one
 *               ==== all ==>       in one go: the first netdev_max_backlog + 1 are taken,
 *               ---- PA -- - ->    the others dropped
 *               ---- S --- - ->
 *               ---- PA --->       sent again, as after any loss
 *               ---- S ---->
 *
 * Three times as many packets, with a limit of as many, of one less, and of fewer.
 */
#include "../../harness/probe.h"

#define PORT 8080
#define SYSCTL "net.core.netdev_max_backlog"

enum {
	MOST = 61, /* what the probe takes for netdev_max_backlog */
	BURST_MOST = 64, /* dev_weight: net_tx_action() lets so many go before softirqs run */
	BYTES = 100,
	ROOM = 1000, /* the kernel's own default: nothing but a burst comes near it */
};

/* The bursts. Their names are notes when they begin, and marks of the counters when they ended. */
enum { FITS, ONE_MORE, MORE, BURSTS };
static const char *const names[BURSTS] = {
	[FITS] = "as many as netdev_max_backlog",
	[ONE_MORE] = "one more",
	[MORE] = "more",
};

struct plan {
	int64_t count; /* packets in each burst */
	int64_t limits[BURSTS];
};

static struct plan plan_of(const struct record *rec)
{
	struct plan plan = {0};
	int64_t most = 0, over = 0;

	(void)record_param(rec, "most", &most);
	(void)record_param(rec, "over", &over);
	plan.count = most + 1 + over;
	plan.limits[FITS] = plan.count;
	plan.limits[ONE_MORE] = plan.count - 1;
	plan.limits[MORE] = most;
	return plan;
}

struct bed {
	struct probe_run *run;
	struct plan plan;
	struct sock *listener;
	struct sock *clients[BURST_MOST], *servers[BURST_MOST]; /* that send data */
	size_t count; /* of them */
};

static void connect_all(struct bed *bed)
{
	bed->listener = sock_listen(bed->run, SIDE_SERVER, PORT);
	bed->count = (size_t)bed->plan.count - 1;
	socks_connect_many(bed->run,
	                   (struct many){.side = SIDE_CLIENT, .count = bed->count, .to_port = PORT},
	                   bed->clients);
	socks_accept_many(bed->listener, bed->count, bed->servers);
	await_states(bed->clients, bed->count, STATE_ESTABLISHED);
}

/* All of them are there in the end, the new connection too, whatever was dropped. */
static void run_burst(struct bed *bed, int burst)
{
	const struct packet_match of_clients = {.from = SIDE_CLIENT, .dst_port = PORT};
	struct sock *newcomer = sock_open(bed->run, SIDE_CLIENT);
	uint32_t held;

	note(bed->run, "%s", names[burst]);
	held = wire_hold(bed->run, of_clients);
	for (size_t i = 0; i < bed->count; i++)
		sock_send(bed->clients[i], BYTES);
	sock_connect(newcomer, SIDE_SERVER, PORT);
	wire_await_held(bed->run, held, (unsigned int)bed->plan.count);
	sysctl_set_machine(bed->run, SYSCTL, bed->plan.limits[burst]);
	wire_release_burst(bed->run, held);
	sysctl_set_machine(bed->run, SYSCTL, ROOM);
	wire_restore(bed->run, held);
	for (size_t i = 0; i < bed->count; i++)
		(void)sock_receive(bed->servers[i], BYTES);
	(void)sock_accept(bed->listener);
	counters_mark(bed->run, names[burst]);
}

static void run(struct probe_run *run)
{
	struct bed bed = {.run = run, .plan = plan_of(run_record(run))};

	if (param(run, "most") < 0 || param(run, "most") > MOST || param(run, "over") < 1 ||
	    bed.plan.count > BURST_MOST)
		run_inconclusive(run, "asks for bursts of at most %d packets, one more than taken",
		                 BURST_MOST);
	sysctl_set_machine(run, SYSCTL, ROOM);
	connect_all(&bed);
	for (int burst = 0; burst < BURSTS; burst++)
		run_burst(&bed, burst);
}

/* ---- judge */

/* What the clients sent, from the beginning of this burst to the next one's. */
static struct sent sent_in(struct judge *judge, int burst)
{
	static const struct packet_match of_clients = {.from = SIDE_CLIENT, .dst_port = PORT};
	const struct moment from = when_noted(judge, names[burst]);
	struct sent sent = sent_on(judge, "", &of_clients, from);

	return burst + 1 < BURSTS ? sent_before(sent, when_noted(judge, names[burst + 1])) : sent;
}

static struct measured measured_of(const struct sent *sent, struct value value)
{
	return (struct measured){
		.value = value,
		.rests_on = sent->rests_on | RESTS_ON(OBSERVER_WIRE),
		.why_not = sent->why_not,
	};
}

/* Of the burst: the ACK of a SYN+ACK may have been held, too. */
static bool is_of_burst(const struct flight *flight)
{
	return flight->held_ns != NEVER &&
	       (flight->packet->len || (flight->packet->flags & TCP_FLAG_SYN));
}

static bool is_taken(const struct flight *flight)
{
	return is_of_burst(flight) && flight->fate == FATE_DELIVERED;
}

static struct measured measure_taken(const struct sent *sent)
{
	int64_t count = 0;

	for (size_t i = 0; i < sent->count; i++)
		count += is_taken(sent->items[i]);
	return measured_of(sent, value_count(count));
}

/* None of those that were dropped came before one that was taken. */
static struct measured measure_first_come(const struct sent *sent)
{
	bool dropped = false, in_order = true;

	for (size_t i = 0; i < sent->count; i++) {
		dropped |= sent->items[i]->overflowed;
		in_order &= !dropped || !is_taken(sent->items[i]);
	}
	return measured_of(sent, value_truth(in_order));
}

static struct measured measure_again(const struct sent *sent)
{
	int64_t count = 0;

	for (size_t i = 0; i < sent->count; i++)
		count += sent->items[i]->resent > 0;
	return measured_of(sent, value_count(count));
}

static struct measured measure_counted(struct judge *judge, int burst, const char *name)
{
	if (burst == FITS)
		return measure_counter_until(judge, SIDE_SERVER, name, names[burst]);
	return measure_counter_between(judge, SIDE_SERVER, name, names[burst - 1], names[burst]);
}

static void judge_taken(struct judge *judge, const struct plan *plan, int burst,
                        const struct sent *sent)
{
	const int64_t limit = plan->limits[burst];

	judge_count(judge, &(struct figure){
				   .name = "taken",
				   .says = value_count(plan->count < limit ? plan->count : limit),
				   .predicts = value_count(model_netdev_queue(plan->count, limit)),
				   .measured = measure_taken(sent),
				   .rule = "enqueue_to_backlog(): qlen <= netdev_max_backlog",
			   });
	judge_truth(judge, &(struct figure){
				   .name = "first_come_first_served",
				   .predicts = value_truth(true),
				   .measured = measure_first_come(sent),
				   .rule = "enqueue_to_backlog(): what comes last is dropped",
			   });
}

static void judge_dropped(struct judge *judge, const struct plan *plan, int burst,
                          const struct sent *sent)
{
	const int64_t dropped = plan->count - model_netdev_queue(plan->count, plan->limits[burst]);
	const struct {
		const char *name, *rule;
		struct measured measured;
	} figures[] = {
		{"softnet_stat.dropped", "enqueue_to_backlog(): sd->dropped",
	         measure_counted(judge, burst, "softnet_stat.dropped")},
		{"Link.RxDropped", "enqueue_to_backlog(): dev_core_stats_rx_dropped_inc()",
	         measure_counted(judge, burst, "Link.RxDropped")},
		{"sent_again", "tcp_retransmit_timer(), tcp_send_loss_probe(): each once",
	         measure_again(sent)},
	};

	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		judge_count(judge, &(struct figure){
					   .name = figures[i].name,
					   .predicts = value_count(dropped),
					   .measured = figures[i].measured,
					   .rule = figures[i].rule,
				   });
}

/* No queue of TCP's was full, and none of its counters tells of one. */
static void judge_tcp(struct judge *judge)
{
	static const char *const counters[] = {"TcpExt.ListenDrops", "TcpExt.ListenOverflows",
	                                       "TcpExt.TCPBacklogDrop", "TcpExt.TCPRcvQDrop"};

	judge_case(judge, "in all");
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++)
		judge_count(judge,
		            &(struct figure){
				    .name = counters[i],
				    .predicts = value_count(0),
				    .measured = measure_counter(judge, SIDE_SERVER, counters[i]),
				    .rule = "dropped before IP: netif_receive_skb() never saw it",
			    });
}

static void judge(const struct story *story, struct judge *judge)
{
	const struct plan plan = plan_of(story->rec);

	judge_claim(judge, "queue.netdev-backlog");
	for (int burst = 0; burst < BURSTS; burst++) {
		const struct sent sent = sent_in(judge, burst);

		judge_case(judge, "%s", names[burst]);
		judge_taken(judge, &plan, burst, &sent);
		judge_dropped(judge, &plan, burst, &sent);
	}
	judge_tcp(judge);
}

const struct probe probe_queue_netdev_backlog = {
	.id = "queue.netdev-backlog",
	.title = "More packets at once than netdev_max_backlog",
	.question =
		"How many packets wait for the stack, which are dropped beyond them, who counts "
		"them, and what does TCP make of it?",
	.kernel_path = "netif_rx(), enqueue_to_backlog(), process_backlog(), "
		       "dev_core_stats_rx_dropped_inc()",
	.wire = WIRE_HAND,
	.needs = NEEDS_VM,
	.claims = {{"queue.netdev-backlog", "D",
                    "As many packets as netdev_max_backlog wait for the stack; more are dropped."}},
	.params = {{"most", 8, 8, "netdev_max_backlog of the machine, 0 to 61"},
                   {"over", 4, 4, "how many more packets come than wait"}},
	.run = run,
	.judge = judge,
};
