// SPDX-License-Identifier: GPL-2.0-or-later
#include "again.h"

#include <stdio.h>
#include <time.h>

#include "../base/clock.h"
#include "../base/interrupt.h"

#define QUIET_NS (1 * NS_PER_S) /* longer than what a busy scheduler lets one wait for a turn */
#define PATIENCE_NS (10 * NS_PER_S)
#define NAP_NS (5 * NS_PER_MS) /* how long each trial asks to sleep */

static int64_t greater(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* A run that came to no figure: what it waited for did not come in time. */
static int64_t unjudged_late_ns(const struct record *rec)
{
	int64_t late_ns = 0;

	for (int what = 0; what < LATE_WHAT_COUNT; what++)
		late_ns = greater(late_ns, rec->late[what].max_ns);
	return late_ns > rec->slack_ms * NS_PER_MS ? late_ns : 0;
}

/* Events lost by those that @rests_on names. */
static uint64_t lost_by(const struct record *rec, unsigned int rests_on)
{
	uint64_t lost = 0;

	for (int i = 0; i < OBSERVER_COUNT; i++)
		if (rests_on & (1u << i))
			lost += rec->lost[i];
	return lost;
}

bool record_is_spoiled(const struct record *rec, struct spoil *spoil)
{
	*spoil = (struct spoil){0};
	if (rec->outcome != OUTCOME_INCONCLUSIVE)
		return false;
	if (!rec->finding_count)
		spoil->late_ns = unjudged_late_ns(rec);
	for (size_t i = 0; i < rec->finding_count; i++) {
		const struct finding *finding = &rec->findings[i];
		uint64_t lost = lost_by(rec, finding->rests_on);

		if (finding->verdict != VERDICT_INCONCLUSIVE)
			continue;
		if (!finding->late_ns && !lost)
			return false;
		spoil->late_ns = greater(spoil->late_ns, finding->late_ns);
		if (lost > spoil->lost)
			spoil->lost = lost;
	}
	return spoil->late_ns || spoil->lost;
}

bool record_asks_again(const struct record *rec, unsigned int asked)
{
	struct spoil spoil;

	if (!record_is_spoiled(rec, &spoil))
		return false;
	return asked < (spoil.lost ? AGAIN_MOST : 1);
}

const char *spoil_text(const struct spoil *spoil, char *buf, size_t size)
{
	if (spoil->lost)
		snprintf(buf, size, "%llu event%s had been lost", (unsigned long long)spoil->lost,
		         spoil->lost == 1 ? "" : "s");
	else
		snprintf(buf, size, "the machine had been %lld ms late",
		         (long long)(spoil->late_ns / NS_PER_MS));
	return buf;
}

/* How much later than asked for this process wakes up. */
static int64_t nap_late_ns(void)
{
	const struct timespec nap = {.tv_nsec = NAP_NS};
	int64_t began_ns = clock_mono_ns();

	(void)clock_nanosleep(CLOCK_MONOTONIC, 0, &nap, NULL); /* cut short it is not late */
	return clock_mono_ns() - began_ns - NAP_NS;
}

bool machine_await_quiet(int slack_ms)
{
	int64_t began_ns = clock_mono_ns(), quiet_since_ns = began_ns;

	interrupt_catch();
	while (!interrupt_pending() && clock_mono_ns() - quiet_since_ns < QUIET_NS &&
	       clock_mono_ns() - began_ns < PATIENCE_NS)
		if (nap_late_ns() > slack_ms * NS_PER_MS / 2)
			quiet_since_ns = clock_mono_ns();
	interrupt_release();
	return !interrupt_pending();
}
