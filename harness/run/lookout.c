// SPDX-License-Identifier: GPL-2.0-or-later
#include "lookout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../base/clock.h"

int lookout_open(struct lookout *lookout, const struct plan *plan, size_t places,
                 unsigned int time_limit_s, struct fault *f)
{
	void *waiting = mmap(NULL, places * sizeof(*lookout->waiting), PROT_READ | PROT_WRITE,
	                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	*lookout = (struct lookout){
		.plan = plan,
		.began_ns = clock_mono_ns(),
		.limit_ns = time_limit_s * NS_PER_S,
		.place_count = places,
		.waiting = waiting == MAP_FAILED ? NULL : waiting,
		.places = calloc(places, sizeof(*lookout->places)),
		.left_ns = calloc(places, sizeof(*lookout->left_ns)),
		.take_ns = calloc(plan->count, sizeof(*lookout->take_ns)),
		.seen = calloc(places, sizeof(*lookout->seen)),
	};
	if (lookout->waiting && lookout->places && lookout->left_ns && lookout->take_ns &&
	    lookout->seen)
		return 0;
	return fault_set(f, ENOMEM, "look on at %zu probes", plan->count);
}

void lookout_close(struct lookout *lookout)
{
	if (lookout->waiting)
		munmap(lookout->waiting, lookout->place_count * sizeof(*lookout->waiting));
	free(lookout->places);
	free(lookout->left_ns);
	free(lookout->take_ns);
	free(lookout->seen);
	*lookout = (struct lookout){0};
}

struct waiting *lookout_began(struct lookout *lookout, size_t place, const struct planned *planned,
                              const char *name)
{
	if (!lookout->waiting)
		return NULL;
	lookout->places[place] = (struct lookout_place){
		.planned = planned, .name = name, .began_ns = clock_mono_ns()};
	lookout->waiting[place] = (struct waiting){0};
	return &lookout->waiting[place];
}

void lookout_ended(struct lookout *lookout, size_t place)
{
	int64_t took_ns;

	if (!lookout->waiting)
		return;
	took_ns = clock_mono_ns() - lookout->places[place].began_ns;
	if (took_ns > lookout->longest_ns)
		lookout->longest_ns = took_ns;
	lookout->places[place].planned = NULL;
}

static void place_look(struct lookout *lookout, size_t at, int64_t now_ns)
{
	struct progress_job *seen = &lookout->seen[lookout->progress.job_count];
	struct lookout_place *place = &lookout->places[at];
	struct waiting waiting;

	place->wait_left_ns = 0;
	if (!place->planned)
		return;
	*seen = (struct progress_job){
		.id = place->name,
		.ran_ns = now_ns - place->began_ns,
	};
	if (waiting_look(&lookout->waiting[at], &waiting) && waiting.until_ns > now_ns) {
		place->wait_left_ns = waiting.until_ns - now_ns;
		seen->wait_left_ns = place->wait_left_ns;
		memcpy(seen->waits, waiting.words, sizeof(seen->waits));
	}
	lookout->progress.job_count++;
}

/* What @planned takes: all that it may, or as long as is known; 0: it is not. */
static int64_t takes_ns(const struct lookout *lookout, const struct planned *planned, bool most)
{
	if (most)
		return lookout->limit_ns;
	return planned->took_ns ? planned->took_ns : lookout->longest_ns;
}

/* How long the probe in @place has still to go; false: unknown. */
static bool place_left(const struct lookout *lookout, const struct lookout_place *place,
                       int64_t now_ns, bool most, int64_t *left_ns)
{
	int64_t take_ns = takes_ns(lookout, place->planned, most);

	*left_ns = take_ns - (now_ns - place->began_ns);
	if (*left_ns < 0)
		*left_ns = 0;
	if (!most && *left_ns < place->wait_left_ns)
		*left_ns = place->wait_left_ns;
	return take_ns != 0;
}

static int64_t all_left_ns(struct lookout *lookout, size_t started, int64_t now_ns, bool most)
{
	const struct plan *plan = lookout->plan;
	size_t count = 0;
	bool known = true;

	for (size_t i = 0; i < lookout->place_count; i++) {
		lookout->left_ns[i] = 0;
		if (lookout->places[i].planned)
			known &= place_left(lookout, &lookout->places[i], now_ns, most,
			                    &lookout->left_ns[i]);
	}
	for (size_t i = started; i < plan->count; i++) {
		if (plan->items[i].skip)
			continue;
		lookout->take_ns[count] = takes_ns(lookout, &plan->items[i], most);
		known &= lookout->take_ns[count++] != 0;
	}
	if (!known)
		return 0;
	return progress_left_ns(lookout->left_ns, lookout->place_count, lookout->take_ns, count);
}

const struct progress *lookout_look(struct lookout *lookout, size_t done, size_t started)
{
	struct progress *progress = &lookout->progress;
	int64_t now_ns = clock_mono_ns();

	*progress = (struct progress){
		.done = done,
		.total = lookout->plan->count,
		.ran_ns = now_ns - lookout->began_ns,
		.jobs = lookout->seen,
	};
	for (size_t i = 0; i < lookout->place_count; i++)
		place_look(lookout, i, now_ns);
	progress_sort(lookout->seen, progress->job_count);
	progress->left_most_ns = all_left_ns(lookout, started, now_ns, true);
	progress->left_ns = all_left_ns(lookout, started, now_ns, false);
	return progress;
}
