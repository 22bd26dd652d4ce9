// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain.h"

#include <assert.h>

#include "../../base/wheel.h"

static const char *const reason_names[] = {
	[SEND_FIRST] = "first",
	[SEND_RTO] = "RTO",
	[SEND_LOSS_PROBE] = "loss probe",
	[SEND_KEEPALIVE] = "keepalive",
	[SEND_WINDOW_PROBE] = "window probe",
};
static_assert(sizeof(reason_names) / sizeof(reason_names[0]) == SEND_REASON_COUNT,
              "a name for each reason");

const char *send_reason_name(enum send_reason why)
{
	return reason_names[why];
}

void chain_begin(struct chain *chain, const struct record *rec, struct schedule *schedule)
{
	*schedule = (struct schedule){.sends_hi = 1};
	*chain = (struct chain){.rec = rec, .schedule = schedule};
}

void chain_begin_later(struct chain *chain, const struct record *rec, struct schedule *schedule)
{
	chain_begin(chain, rec, schedule);
	schedule->sends_hi = 0;
}

static void chain_pass(struct chain *chain, struct span timer)
{
	chain->timer = timer;
	chain->now = span_add(chain->now, timer);
	if (chain->counting)
		chain->elapsed = span_add(chain->elapsed, timer);
}

void chain_wait(struct chain *chain, int64_t delay_ns)
{
	chain_pass(chain, model_timer(chain->rec, delay_ns));
}

void chain_wait_between(struct chain *chain, int64_t lo_ns, int64_t hi_ns)
{
	chain_pass(chain, (struct span){
				  .lo_ns = model_timer(chain->rec, lo_ns).lo_ns,
				  .hi_ns = model_timer(chain->rec, hi_ns).hi_ns,
			  });
}

void chain_wait_within(struct chain *chain, int64_t delay_ns, int64_t bound_ns)
{
	struct span elapsed = chain->elapsed;
	struct span early = model_timer_within(chain->rec, delay_ns, bound_ns - elapsed.lo_ns);
	struct span late = model_timer_within(chain->rec, delay_ns, bound_ns - elapsed.hi_ns);

	/* What began early is cut less, and so may be rounded more. */
	if (elapsed.lo_ns + early.hi_ns > elapsed.hi_ns + late.hi_ns)
		late.hi_ns = elapsed.lo_ns + early.hi_ns - elapsed.hi_ns;
	chain_pass(chain, (struct span){.lo_ns = early.lo_ns, .hi_ns = late.hi_ns});
	if (chain->timer.lo_ns > late.lo_ns)
		chain->timer.lo_ns = late.lo_ns;
	if (chain->timer.hi_ns < early.hi_ns)
		chain->timer.hi_ns = early.hi_ns;
}

bool chain_send(struct chain *chain, enum send_reason why)
{
	struct schedule *schedule = chain->schedule;
	unsigned int i = schedule->sends_hi;

	if (i == MODEL_SENDS)
		return false;
	schedule->at[i] = chain->now;
	schedule->after[i] = chain->timer;
	schedule->why[i] = why;
	schedule->probes += why == SEND_LOSS_PROBE;
	schedule->sends_hi++;
	return true;
}

static void chain_may_end(struct chain *chain, int64_t from_ns)
{
	struct schedule *schedule = chain->schedule;

	if (!chain->may_have_ended) {
		chain->may_have_ended = true;
		schedule->sends_lo = schedule->sends_hi;
		schedule->give_up.lo_ns = from_ns;
		schedule->last = chain->timer;
	}
	schedule->give_up.hi_ns = chain->now.hi_ns;
	if (schedule->last.hi_ns < chain->timer.hi_ns)
		schedule->last.hi_ns = chain->timer.hi_ns;
}

void chain_end(struct chain *chain)
{
	chain_may_end(chain, chain->now.lo_ns);
}

bool chain_timed_out(struct chain *chain, int64_t bound_ns, int64_t grain_ns)
{
	int64_t short_ns = bound_ns - grain_ns - chain->elapsed.lo_ns;

	if (chain->elapsed.hi_ns <= bound_ns - grain_ns)
		return false;
	chain_may_end(chain, chain->now.lo_ns + (short_ns > 0 ? short_ns : 0));
	if (chain->elapsed.lo_ns >= bound_ns)
		return true;
	if (chain->elapsed.hi_ns > bound_ns) {
		chain->now.hi_ns -= chain->elapsed.hi_ns - bound_ns;
		chain->elapsed.hi_ns = bound_ns;
	}
	return false;
}

/* jiffies_to_msecs(), in the kernel's unsigned int */
static uint32_t ticks_to_ms(int hz, uint32_t ticks)
{
	if (1000 % hz == 0)
		return ticks * (uint32_t)(1000 / hz);
	return (uint32_t)((uint64_t)ticks * 1000 / (uint32_t)hz);
}

int64_t model_timeout_ns(int hz, int64_t boundary, int64_t base_ns, int64_t max_ns)
{
	uint32_t base = (uint32_t)wheel_ticks(hz, base_ns), max = (uint32_t)wheel_ticks(hz, max_ns);
	uint32_t bound = (uint32_t)boundary, thresh = 0, ticks;

	while ((2U << thresh) <= max / base) /* ilog2(max / base) */
		thresh++;
	if (bound <= thresh)
		ticks = ((2U << bound) - 1) * base;
	else
		ticks = ((2U << thresh) - 1) * base + (bound - thresh) * max;
	return (int32_t)ticks_to_ms(hz, ticks) * NS_PER_MS;
}
