// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernels.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* '~' before the end, letters before everything else. */
static int character_order(int c)
{
	if (isdigit(c) || !c)
		return 0;
	if (isalpha(c))
		return c;
	return c == '~' ? -1 : c + 256;
}

/* One part, upstream version or revision, up to @end_a and @end_b. */
static int part_compare(const char *a, const char *end_a, const char *b, const char *end_b)
{
	while (a < end_a || b < end_b) {
		int first_difference = 0;

		while ((a < end_a && !isdigit((unsigned char)*a)) ||
		       (b < end_b && !isdigit((unsigned char)*b))) {
			int order_a = a < end_a ? character_order((unsigned char)*a) : 0;
			int order_b = b < end_b ? character_order((unsigned char)*b) : 0;

			if (order_a != order_b)
				return order_a - order_b;
			a++;
			b++;
		}
		while (a < end_a && *a == '0')
			a++;
		while (b < end_b && *b == '0')
			b++;
		while (a < end_a && b < end_b && isdigit((unsigned char)*a) &&
		       isdigit((unsigned char)*b)) {
			if (!first_difference)
				first_difference = *a - *b;
			a++;
			b++;
		}
		if (a < end_a && isdigit((unsigned char)*a))
			return 1;
		if (b < end_b && isdigit((unsigned char)*b))
			return -1;
		if (first_difference)
			return first_difference;
	}
	return 0;
}

static long epoch_take(const char **version)
{
	const char *colon = strchr(*version, ':');
	long epoch = 0;

	if (colon) {
		epoch = strtol(*version, NULL, 10);
		*version = colon + 1;
	}
	return epoch;
}

static const char *revision_find(const char *version)
{
	const char *dash = strrchr(version, '-');

	return dash ? dash : version + strlen(version);
}

int debversion_compare(const char *a, const char *b)
{
	long epoch_a = epoch_take(&a), epoch_b = epoch_take(&b);
	const char *revision_a = revision_find(a), *revision_b = revision_find(b);
	int order;

	if (epoch_a != epoch_b)
		return epoch_a < epoch_b ? -1 : 1;
	order = part_compare(a, revision_a, b, revision_b);
	if (order)
		return order;
	a = *revision_a ? revision_a + 1 : revision_a;
	b = *revision_b ? revision_b + 1 : revision_b;
	return part_compare(a, a + strlen(a), b, b + strlen(b));
}

/* A candidate comes before what it is one of: "-rc1" is "~rc1" to Debian's order. */
static void release_as_version(const char *release, char version[96])
{
	char *candidate;

	snprintf(version, 96, "%.95s", release);
	candidate = strstr(version, "-rc");
	if (candidate)
		*candidate = '~';
}

int release_compare(const char *a, const char *b)
{
	char versions[2][96];

	release_as_version(a, versions[0]);
	release_as_version(b, versions[1]);
	return debversion_compare(versions[0], versions[1]);
}
