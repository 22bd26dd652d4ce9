// SPDX-License-Identifier: GPL-2.0-or-later
#include "port.h"

#include <stdio.h>
#include <stdlib.h>

#include "chance.h"

/* __inet_hash_connect(): "i = max_t(int, i, get_random_u32_below(8) * 2)", and i + 2 is added. */
enum { PLACES_MOST = 8 };
/* Additions that are still done at once. */
#define WORK_MOST 1000000000LL

bool model_port_range(const struct record *rec, enum side host, struct port_range *range)
{
	const char *text = settings_get(&rec->sysctls[host], "net.ipv4.ip_local_port_range");
	long long low, high;

	if (!text || sscanf(text, "%lld %lld", &low, &high) != 2)
		return false;
	*range = (struct port_range){.low = low, .high = high};
	return low > 0 && low <= high;
}

int64_t model_ports_a_pass(const struct port_range *range)
{
	int64_t remaining = range->high + 1 - range->low;

	return remaining > 1 ? remaining / 2 : 1;
}

int model_port_pass(const struct port_range *range, int64_t port)
{
	int64_t offset = port - range->low;

	if (offset < 0 || offset >= 2 * model_ports_a_pass(range) || port > range->high)
		return -1;
	return (int)(offset & 1);
}

bool model_port_may_repeat(const struct port_range *range)
{
	return model_ports_a_pass(range) <= PLACES_MOST;
}

/* A walk around @places: how likely each place is with each number of hits of place 0. */
struct walk {
	size_t places, counts;
	double *now, *next; /* [place * counts + hits] */
};

/* One more connect(): at place 0 that is a hit; then 1 to 8 places on. */
static void walk_step(struct walk *walk)
{
	double *spent = walk->now;

	for (size_t i = 0; i < walk->places * walk->counts; i++)
		walk->next[i] = 0;
	for (size_t place = 0; place < walk->places; place++)
		for (size_t hits = 0; hits < walk->counts; hits++) {
			double likely = walk->now[place * walk->counts + hits] / PLACES_MOST;
			size_t after = place || hits + 1 == walk->counts ? hits : hits + 1;

			for (size_t on = 1; on <= PLACES_MOST && likely > 0; on++)
				walk->next[(place + on) % walk->places * walk->counts + after] +=
					likely;
		}
	walk->now = walk->next;
	walk->next = spent;
}

static struct value walk_hits(struct walk *walk, int64_t tries, double doubt)
{
	for (size_t place = 0; place < walk->places; place++)
		walk->now[place * walk->counts] = 1;
	for (int64_t i = 0; i < tries; i++)
		walk_step(walk);
	for (size_t hits = 0; hits < walk->counts; hits++)
		for (size_t place = 1; place < walk->places; place++)
			walk->now[hits] += walk->now[place * walk->counts + hits];
	return chance_range(walk->now, walk->counts, doubt);
}

struct value model_port_hits(const struct port_range *range, int64_t tries, double doubt)
{
	const int64_t places = model_ports_a_pass(range);
	/* A round takes at least a place's eighth: no more hits than rounds, and one. */
	const int64_t counts = tries / ((places + PLACES_MOST - 1) / PLACES_MOST) + 2;
	struct walk walk = {.places = (size_t)places, .counts = (size_t)counts};
	struct value hits = {0};

	if (tries < 0 || places < 1 || places * counts > WORK_MOST / PLACES_MOST / (tries + 1))
		return hits;
	walk.now = calloc(walk.places * walk.counts, sizeof(double));
	walk.next = calloc(walk.places * walk.counts, sizeof(double));
	if (walk.now && walk.next)
		hits = walk_hits(&walk, tries, doubt);
	free(walk.now);
	free(walk.next);
	return hits;
}
