/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names: the words of the record, as lists; for record's own files. */
#ifndef FINWAIT_RECORD_NAMES_H
#define FINWAIT_RECORD_NAMES_H

#include <stddef.h>

struct words {
	const char *const *names; /* by value */
	size_t count;
};

extern const struct words state_words;
extern const struct words observer_words;
extern const struct words side_words;
extern const struct words event_kind_words;
extern const struct words diag_timer_words;
extern const struct words sock_object_words;
extern const struct words mini_change_words;
extern const struct words frame_action_words;
extern const struct words late_what_words;
extern const struct words wire_kind_words;
extern const struct words verdict_words;
extern const struct words outcome_words;

/* The value of @name, or -1. */
int words_find(const struct words *words, const char *name);

#endif
