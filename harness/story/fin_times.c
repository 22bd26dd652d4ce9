// SPDX-License-Identifier: GPL-2.0-or-later
/* fin_times: when the peer's FINs came, which is what ends FIN_WAIT2. */
#include <errno.h>
#include <stdlib.h>

#include "life_parts.h"

static bool is_fin_to(const struct flight *flight, enum side host)
{
	return flight->arrive_ns != NEVER && flight_to(flight) == host &&
	       (flight->packet->flags & TCP_FLAG_FIN);
}

static int time_compare(const void *a, const void *b)
{
	int64_t ta = *(const int64_t *)a, tb = *(const int64_t *)b;

	return ta < tb ? -1 : ta > tb;
}

int fin_times_collect(struct fin_times *fins, const struct life *life)
{
	size_t count = 0;

	for (size_t i = 0; i < life->flight_count; i++)
		count += is_fin_to(life->flights[i], life->host);
	*fins = (struct fin_times){.items = calloc(count + 1, sizeof(*fins->items))};
	if (!fins->items)
		return -ENOMEM;
	for (size_t i = 0; i < life->flight_count; i++)
		if (is_fin_to(life->flights[i], life->host))
			fins->items[fins->count++] = life->flights[i]->arrive_ns;
	qsort(fins->items, fins->count, sizeof(*fins->items), time_compare);
	return 0;
}

int64_t fin_time(const struct fin_times *fins, int64_t from_ns, int64_t to_ns)
{
	for (size_t i = 0; i < fins->count && fins->items[i] <= to_ns; i++)
		if (fins->items[i] >= from_ns)
			return fins->items[i];
	return NEVER;
}
