// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ladder_scale [EVENTS]: what it costs to draw a record of so many events (102,000), and
 * one of twice as many. Prints lines of "name value unit".
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "../../harness/report/report.h"
#include "../unit/big_record.h"

/* Processor time of drawing @events events once; negative: it could not be drawn. */
static double ladder_seconds(size_t events, FILE *out)
{
	const struct report_style style = {.width = 120};
	struct record *rec = big_record(events);
	clock_t begin = clock();
	int err;

	if (!rec)
		return -1;
	err = ladder_print(rec, &style, out);
	record_free(rec);
	return err ? -1 : (double)(clock() - begin) / CLOCKS_PER_SEC;
}

int main(int argc, char **argv)
{
	size_t events = argc > 1 ? strtoul(argv[1], NULL, 10) : 102000;
	FILE *out = fopen("/dev/null", "w");
	struct rusage usage;
	double once, twice;

	if (!out || !events)
		return EXIT_FAILURE;
	once = ladder_seconds(events, out);
	if (once < 0 || getrusage(RUSAGE_SELF, &usage))
		return EXIT_FAILURE;
	printf("ladder %.3f s\n", once);
	printf("ladder_memory %.1f MB\n", (double)usage.ru_maxrss * 1024 / 1e6);
	twice = ladder_seconds(2 * events, out);
	if (twice < 0)
		return EXIT_FAILURE;
	printf("ladder_twice %.3f s\n", twice);
	return EXIT_SUCCESS;
}
