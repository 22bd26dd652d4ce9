// SPDX-License-Identifier: GPL-2.0-or-later
/* walks: the states that a record's result line tells of the two main sockets. */
#include <errno.h>
#include <string.h>

#include "../base/buffer.h"
#include "story.h"

/* Did trace see @sock begin as a socket of its own (not as a listener's child)? */
static bool starts_closed(const struct story *story, enum side host, const char *sock)
{
	for (size_t i = 0; i < story->event_count; i++) {
		const struct event *event = story->events[i];

		if (event->kind == EVENT_TRANSITION && event->host == host &&
		    !strcmp(event->sock, sock))
			return event->transition.from == STATE_CLOSE;
	}
	return false;
}

static void walk_add(struct buffer *walk, enum tcp_state state)
{
	buffer_add(walk, "%s%s", walk->used ? " " : "", state_name(state));
}

static void walk_append(struct buffer *walk, const struct story *story, enum side host,
                        const char *sock, bool listener)
{
	const struct life *life = story_life(story, host, sock);

	if (life->count && starts_closed(story, host, sock))
		walk_add(walk, STATE_CLOSE);
	for (size_t i = 0; i < life->count; i++) {
		enum tcp_state state = life->states[i].state;

		/* The listener may be closed at any time: not part of the connection. */
		if (!listener || state == STATE_LISTEN)
			walk_add(walk, state);
	}
}

static const char *walk_keep(struct record *rec, const struct story *story, enum side host)
{
	struct buffer walk = {0};
	const char *text;

	walk_append(&walk, story, host, "l1", true);
	walk_append(&walk, story, host, host == SIDE_CLIENT ? "c1" : "s1", false);
	text = buffer_text(&walk);
	if (text)
		text = arena_text(&rec->texts, text);
	buffer_free(&walk);
	return text;
}

int story_tell_walks(struct record *rec)
{
	struct story story;
	int err = story_build(rec, &story);

	if (err)
		return err;
	for (unsigned int host = 0; host < SIDE_COUNT && !err; host++) {
		const char *walk = walk_keep(rec, &story, host);

		if (walk)
			rec->walks[host] = walk;
		else
			err = -ENOMEM;
	}
	story_free(&story);
	return err;
}
