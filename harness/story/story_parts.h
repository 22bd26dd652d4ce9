/* SPDX-License-Identifier: GPL-2.0-or-later */
/* story_parts: the steps of story_build(), in their order; for story's own files. */
#ifndef FINWAIT_STORY_STORY_PARTS_H
#define FINWAIT_STORY_STORY_PARTS_H

#include "story.h"

/* Each returns 0 or -ENOMEM; story_free() frees what there is either way. */

/* Lives with their events, but neither flights nor states. */
int story_find_lives(struct story *story) MUST_CHECK;
/* Names the connection of each flight. */
int story_label_flights(struct story *story) MUST_CHECK;
/* Gives each life its flights and its states. */
int story_tell_lives(struct story *story) MUST_CHECK;

#endif
