/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * chunk: the points of a sweep cut into parts for many machines. Pure arithmetic.
 *
 * Points are numbered; a chunk is a range of numbers. Where the cuts are follows from what the
 * points that have no answer yet may take: those that have one cost their chunk nothing.
 */
#ifndef FINWAIT_SESSION_CHUNK_H
#define FINWAIT_SESSION_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/clock.h"

/* To begin a task costs about 2 s: it is to be worth it. */
#define CHUNK_LEAST_NS (30 * NS_PER_S)
/* Clusters dislike more than ten jobs a minute, however many of their nodes are free. */
#define CHUNK_APART_NS (6 * NS_PER_S)
#define CHUNKS_MOST 1000 /* Slurm takes an array of 1000 unless its MaxArraySize says otherwise */
#define CHUNK_GUESS_NS NS_PER_S /* of a point whose like nobody has asked */

/*
 * How many chunks work is cut into that takes one processor @total_ns: as many as there can be
 * so that none is below CHUNK_LEAST_NS, and all of them at once are no more than one in
 * CHUNK_APART_NS. 1 to CHUNKS_MOST.
 */
size_t chunk_count(int64_t total_ns);

/* Cuts, point by point, in order of their numbers. */
struct chunk_cutter {
	double total_ns; /* of all points that are to be asked */
	size_t chunks; /* into so many, or fewer */
	size_t *ends; /* with room for them: of each chunk the number behind its last point */
	size_t count; /* of @ends */
	double sum_ns, cut_ns; /* so far, and at the last cut */
	size_t since; /* points to be asked behind the last cut */
};

/* The point to be asked whose number is before @end, which may take @cost_ns. */
void chunk_add(struct chunk_cutter *cutter, size_t end, int64_t cost_ns);
/* There are @points: the last chunk ends there. None is without a point that is to be asked. */
void chunk_end(struct chunk_cutter *cutter, size_t points);

/* Whether @ends are those of chunks of @points: each behind the one before, the last at the end. */
bool chunks_are_whole(const size_t *ends, size_t count, size_t points);

#endif
