// SPDX-License-Identifier: GPL-2.0-or-later
#include "progress.h"

#include <stdlib.h>
#include <string.h>

static int64_t *place_first_free(int64_t *left_ns, size_t places)
{
	int64_t *first = left_ns;

	for (size_t i = 1; i < places; i++)
		if (left_ns[i] < *first)
			first = &left_ns[i];
	return first;
}

int64_t progress_left_ns(int64_t *left_ns, size_t places, const int64_t *take_ns, size_t count)
{
	int64_t last_ns = 0;

	for (size_t i = 0; i < count && places; i++)
		*place_first_free(left_ns, places) += take_ns[i];
	for (size_t i = 0; i < places; i++)
		if (left_ns[i] > last_ns)
			last_ns = left_ns[i];
	return last_ns;
}

static int job_compare(const void *a, const void *b)
{
	const struct progress_job *ja = a, *jb = b;

	if (ja->wait_left_ns != jb->wait_left_ns)
		return ja->wait_left_ns > jb->wait_left_ns ? -1 : 1;
	if (ja->ran_ns != jb->ran_ns)
		return ja->ran_ns > jb->ran_ns ? -1 : 1;
	return strcmp(ja->id, jb->id);
}

void progress_sort(struct progress_job *jobs, size_t count)
{
	if (count)
		qsort(jobs, count, sizeof(*jobs), job_compare);
}
