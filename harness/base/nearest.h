/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nearest: of the names that there are, those that a mistyped one most likely meant. */
#ifndef FINWAIT_BASE_NEAREST_H
#define FINWAIT_BASE_NEAREST_H

#include <stddef.h>

#define NEAREST_MOST 3 /* more do not help who has to choose */
#define NEAREST_LENGTH 96 /* of a name; longer ones are nobody's neighbours */

struct nearest {
	const char *wanted;
	char names[NEAREST_MOST][NEAREST_LENGTH];
	size_t count;
	unsigned int cost; /* of those */
};

/* @wanted is kept; a '*' in it stands for any letters, a '?' for one. */
void nearest_start(struct nearest *nearest, const char *wanted);
/* Keeps a copy of @name when none before was nearer. */
void nearest_try(struct nearest *nearest, const char *name);
/* "; did you mean A, B or C?" into @buf, or @otherwise where none is near. Returns @buf. */
const char *nearest_words(const struct nearest *nearest, const char *otherwise, char *buf,
                          size_t size);

#endif
