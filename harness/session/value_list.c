// SPDX-License-Identifier: GPL-2.0-or-later
#include "value_list.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/array.h"
#include "../base/map.h"

/* The texts so far, each found by its contents. */
struct parser {
	struct value_list *list;
	struct map seen;
};

/* Where @text is, or belongs, among those with its key: two texts may have the same. */
static uint64_t text_place(const struct map *seen, const char *text)
{
	uint64_t key = map_key(text, strlen(text));
	const char *there;

	while ((there = map_get(seen, key)) && strcmp(there, text) != 0)
		key++;
	return key;
}

static int value_add(struct parser *p, const char *text, struct fault *f)
{
	struct value_list *list = p->list;
	uint64_t place = text_place(&p->seen, text);
	char **items;

	if (map_get(&p->seen, place))
		return 0;
	if (list->count == VALUES_MOST)
		return fault_refuse(f, EINVAL, "more than %d values", VALUES_MOST);
	items = array_reserve(list->items, &list->space, list->count + 1, sizeof(*items));
	if (!items)
		return fault_set(f, ENOMEM, "take the value %.80s", text);
	list->items = items;
	items[list->count] = strdup(text);
	if (!items[list->count])
		return fault_set(f, ENOMEM, "take the value %.80s", text);
	list->count++;
	return map_put(&p->seen, place, items[list->count - 1]) < 0
	               ? fault_set(f, ENOMEM, "take the value %.80s", text)
	               : 0;
}

/* A whole number that ends where @end says; false: it is none. */
static bool number_take(const char *text, const char *end, int64_t *number)
{
	char *stop;

	errno = 0;
	*number = strtoll(text, &stop, 10);
	return !errno && stop == end && stop != text && *text != ' ' && *text != '+';
}

static int range_add(struct parser *p, int64_t from, int64_t to, int64_t step, struct fault *f)
{
	int err = 0;

	for (int64_t n = from; n <= to && !err; n += step) {
		char text[24];

		snprintf(text, sizeof(text), "%" PRId64, n);
		err = value_add(p, text, f);
		if (n > INT64_MAX - step)
			break;
	}
	return err;
}

/* "A..B" or "A..B/STEP". */
static int range_take(struct parser *p, const char *part, const char *dots, struct fault *f)
{
	const char *slash = strchr(dots, '/'), *end = part + strlen(part);
	int64_t from, to, step = 1;

	if (!number_take(part, dots, &from) || !number_take(dots + 2, slash ? slash : end, &to) ||
	    (slash && !number_take(slash + 1, end, &step)))
		return fault_refuse(f, EINVAL, "'%.80s' is no range of whole numbers", part);
	if (to < from)
		return fault_refuse(f, EINVAL, "the range '%.80s' ends before it begins", part);
	if (step < 1)
		return fault_refuse(f, EINVAL, "the range '%.80s' makes no steps", part);
	return range_add(p, from, to, step, f);
}

int value_list_parse(const char *text, struct value_list *list, struct fault *f)
{
	struct parser p = {.list = list};
	char *copy = strdup(text), *rest = copy;
	int err = copy ? 0 : fault_set(f, ENOMEM, "take the values %.80s", text);

	*list = (struct value_list){0};
	for (char *part = strsep(&rest, ","); part && !err; part = strsep(&rest, ",")) {
		const char *dots = strstr(part, "..");

		if (!*part)
			err = fault_refuse(f, EINVAL, "'%.80s' has an empty value", text);
		else
			err = dots ? range_take(&p, part, dots, f) : value_add(&p, part, f);
	}
	free(copy);
	map_free(&p.seen);
	return err;
}

void value_list_free(struct value_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct value_list){0};
}
