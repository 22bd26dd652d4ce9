/* SPDX-License-Identifier: GPL-2.0-or-later */
/* value_list: the values that one setting takes in a sweep, as a user writes them. */
#ifndef FINWAIT_SESSION_VALUE_LIST_H
#define FINWAIT_SESSION_VALUE_LIST_H

#include "../base/fault.h"

#define VALUES_MOST 100000 /* of one list */

struct value_list {
	char **items; /* in the order in which they were named, each once */
	size_t count, space;
};

/*
 * "0..10", "1,30,59..61,120", "0..100/10" (by tens), "reno,cubic": what stands between commas is a
 * range of whole numbers where it has two dots, else a value as it is. -EINVAL with what is wrong in
 * @f, -ENOMEM; value_list_free() it either way.
 */
int value_list_parse(const char *text, struct value_list *list, struct fault *f) MUST_CHECK;
void value_list_free(struct value_list *list);

#endif
