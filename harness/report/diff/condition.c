// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * condition: settings that are not the same in both records.
 *
 * They explain a difference and are none by themselves. The likely cause comes first: of those that
 * may have had a part in what happened (story/topic.h), all of which are told, those that the probe
 * calls by name, then the others. Of the rest, which between two kernels are many, only few are.
 */
#include <string.h>

#include "../../story/topic.h"
#include "../conclusion.h"
#include "diff.h"

#define INDENT 2
#define OTHERS_MOST 4 /* of those that nothing is known of */

/* What a sysctl that differs may be to what differs. */
enum part {
	PART_NAMED, /* it had a part in what happened, and the probe is about it */
	PART_SOME,
	PART_UNKNOWN, /* or none */
	PART_COUNT,
};

struct conditions {
	const struct diff *diff;
	const struct sheet *sheet;
	unsigned int topics;
	enum part part; /* of what is printed now */
	size_t others; /* that differ and were not printed */
	size_t unknown; /* that were, though nothing is known of them */
};

static void print_condition(const struct conditions *c, const char *of, const char *name,
                            const char *a, const char *b)
{
	bool cause = c->part < PART_UNKNOWN;

	sheet_format(c->sheet, INDENT, cause ? ATTR_YELLOW : ATTR_DIM,
	             "%s: %s%s is %s in --- and %s in +++", cause ? "may be why" : "condition", of,
	             name, a ? a : "absent", b ? b : "absent");
}

static bool value_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void print_setting(const struct conditions *c, const char *of, const char *name,
                          const char *a, const char *b)
{
	if (!value_same(a, b))
		print_condition(c, of, name, a, b);
}

static void print_params(const struct conditions *c)
{
	const struct settings *a = &c->diff->sides[0].rec->params;
	const struct settings *b = &c->diff->sides[1].rec->params;

	for (size_t i = 0; i < a->count; i++)
		print_setting(c, "parameter ", a->items[i].name, a->items[i].value,
		              settings_get(b, a->items[i].name));
	for (size_t i = 0; i < b->count; i++) {
		if (!settings_get(a, b->items[i].name))
			print_setting(c, "parameter ", b->items[i].name, NULL, b->items[i].value);
	}
}

/* Of what 0.1.0 wrote nothing is known. */
static void print_wires(const struct conditions *c)
{
	const struct record *a = c->diff->sides[0].rec, *b = c->diff->sides[1].rec;

	if (a->has_wire && b->has_wire && a->wire != b->wire)
		print_condition(c, "", "the wire", wire_kind_name(a->wire),
		                wire_kind_name(b->wire));
}

struct sysctl {
	const char *name;
	const char *values[SIDE_COUNT][2]; /* at each host in each record; NULL: absent */
};

static struct sysctl sysctl_of(const struct conditions *c, const char *name)
{
	struct sysctl sysctl = {.name = name};

	for (int host = 0; host < SIDE_COUNT; host++)
		for (int k = 0; k < 2; k++)
			sysctl.values[host][k] =
				settings_get(&c->diff->sides[k].rec->sysctls[host], name);
	return sysctl;
}

static bool sysctl_differs(const struct sysctl *sysctl)
{
	return !value_same(sysctl->values[0][0], sysctl->values[0][1]) ||
	       !value_same(sysctl->values[1][0], sysctl->values[1][1]);
}

/* Once where it is the same at both hosts. */
static void print_sysctl(const struct conditions *c, const struct sysctl *sysctl)
{
	const char *const *client = sysctl->values[SIDE_CLIENT];
	const char *const *server = sysctl->values[SIDE_SERVER];

	if (value_same(client[0], server[0]) && value_same(client[1], server[1])) {
		print_setting(c, "", sysctl->name, client[0], client[1]);
		return;
	}
	print_setting(c, "the client's ", sysctl->name, client[0], client[1]);
	print_setting(c, "the server's ", sysctl->name, server[0], server[1]);
}

static enum part part_of(const struct conditions *c, const char *name, enum bearing bearing)
{
	const char *dot = strrchr(name, '.'), *known_as = dot ? dot + 1 : name;

	if (bearing != BEARING_SOME)
		return PART_UNKNOWN;
	return record_names_sysctl(c->diff->sides[0].rec, known_as) ||
	                       record_names_sysctl(c->diff->sides[1].rec, known_as)
	               ? PART_NAMED
	               : PART_SOME;
}

/* Now, or in another round, or counted only. */
static void take_sysctl(struct conditions *c, const char *name)
{
	const struct sysctl sysctl = sysctl_of(c, name);
	enum bearing bearing = topics_bearing(c->topics, name);

	if (!sysctl_differs(&sysctl) || part_of(c, name, bearing) != c->part)
		return;
	if (bearing == BEARING_UNKNOWN && c->unknown++ >= OTHERS_MOST)
		bearing = BEARING_NONE;
	if (bearing == BEARING_NONE)
		c->others++;
	else
		print_sysctl(c, &sysctl);
}

/* Each name that any host of any record has, once. */
static void take_sysctls(struct conditions *c)
{
	const struct settings *seen[SIDE_COUNT * 2];
	size_t sets = 0;

	for (int k = 0; k < 2; k++) {
		for (int host = 0; host < SIDE_COUNT; host++) {
			const struct settings *set = &c->diff->sides[k].rec->sysctls[host];

			for (size_t i = 0; i < set->count; i++) {
				size_t j = 0;

				while (j < sets && !settings_get(seen[j], set->items[i].name))
					j++;
				if (j == sets)
					take_sysctl(c, set->items[i].name);
			}
			seen[sets++] = set;
		}
	}
}

void diff_print_conditions(const struct diff *diff, const struct sheet *sheet)
{
	struct conditions c = {.diff = diff, .sheet = sheet, .part = PART_UNKNOWN};

	c.topics = story_topics(&diff->stories[0]) | story_topics(&diff->stories[1]);
	print_wires(&c);
	print_params(&c);
	for (unsigned int part = 0; part < PART_COUNT; part++) {
		c.part = (enum part)part;
		take_sysctls(&c);
	}
	if (c.others)
		sheet_format(
			sheet, INDENT, ATTR_DIM,
			"condition: %zu more sysctl%s that had no part in it, as far as is known",
			c.others, c.others == 1 ? "" : "s");
}
