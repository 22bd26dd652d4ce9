// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * The distance of two names is how many letters must be changed, added, left out or swapped with
 * their neighbour (optimal string alignment). One third of the letters that were typed may be
 * wrong. A part of a name, typed without a mistake, is as near as a name with one mistake in it:
 * people leave out what they do not remember.
 */
#include "nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PART_LEAST 3 /* letters that make a part of a name worth anything */

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static bool letters_same(char wanted, char name)
{
	return wanted == '?' || tolower((unsigned char)wanted) == tolower((unsigned char)name);
}

/*
 * One row of the table: what it costs to make the first letters of @wanted, up to @at, into the
 * first j + 1 letters of @name. @before and @before2 are the rows of one and two letters less.
 */
static void row_fill(const char *wanted, size_t at, const char *name, const unsigned int *before,
                     const unsigned int *before2, unsigned int *row)
{
	char letter = wanted[at];
	unsigned int step = letter == '*' ? 0 : 1;

	row[0] = before[0] + step;
	for (size_t j = 0; name[j]; j++) {
		unsigned int change = step && letters_same(letter, name[j]) ? 0 : 1;

		row[j + 1] = least(before[j + 1] + step, row[j] + step);
		row[j + 1] = least(row[j + 1], before[j] + change);
		if (at && j && letters_same(letter, name[j - 1]) &&
		    letters_same(wanted[at - 1], name[j]))
			row[j + 1] = least(row[j + 1], before2[j - 1] + 1);
	}
}

/* Both are shorter than NEAREST_LENGTH. */
static unsigned int distance(const char *wanted, const char *name)
{
	unsigned int rows[3][NEAREST_LENGTH] = {{0}};
	size_t at;

	for (unsigned int j = 0; j < NEAREST_LENGTH; j++)
		rows[0][j] = j;
	for (at = 0; wanted[at]; at++)
		row_fill(wanted, at, name, rows[at % 3], rows[(at + 2) % 3], rows[(at + 1) % 3]);
	return rows[at % 3][strlen(name)];
}

void nearest_start(struct nearest *nearest, const char *wanted)
{
	unsigned int letters = 0;

	for (const char *c = wanted; *c; c++)
		letters += *c != '*';
	*nearest = (struct nearest){
		.wanted = wanted,
		.cost = letters < 2   ? 0
	                : letters < 6 ? 1
	                              : letters / 3,
	};
}

static bool has_name(const struct nearest *nearest, const char *name)
{
	for (size_t i = 0; i < nearest->count; i++)
		if (!strcmp(nearest->names[i], name))
			return true;
	return false;
}

void nearest_try(struct nearest *nearest, const char *name)
{
	unsigned int cost;

	if (strlen(name) >= NEAREST_LENGTH || strlen(nearest->wanted) >= NEAREST_LENGTH)
		return;
	cost = distance(nearest->wanted, name);
	if (cost && strlen(nearest->wanted) >= PART_LEAST && strcasestr(name, nearest->wanted))
		cost = 1;
	if (cost > nearest->cost || has_name(nearest, name))
		return;
	if (cost < nearest->cost)
		nearest->count = 0;
	nearest->cost = cost;
	if (nearest->count < NEAREST_MOST)
		snprintf(nearest->names[nearest->count++], NEAREST_LENGTH, "%s", name);
}

const char *nearest_words(const struct nearest *nearest, const char *otherwise, char *buf,
                          size_t size)
{
	size_t used;

	if (!nearest->count) {
		snprintf(buf, size, "%s", otherwise);
		return buf;
	}
	snprintf(buf, size, "; did you mean ");
	for (size_t i = 0; i < nearest->count; i++) {
		const char *between = !i ? "" : i + 1 < nearest->count ? ", " : " or ";

		used = strlen(buf);
		snprintf(buf + used, size - used, "%s%s", between, nearest->names[i]);
	}
	used = strlen(buf);
	snprintf(buf + used, size - used, "?");
	return buf;
}
