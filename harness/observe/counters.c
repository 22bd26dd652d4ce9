// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * counters: /proc/thread-self/net/{snmp,netstat}. Each group is two lines of the
 * same prefix, "TcpExt: name name ..." and "TcpExt: 1 2 ...", matched by position
 * alone: a pair that does not match up is left out whole, so that its counters
 * are absent and not each other's. Beside them two that are no MIB's: packets that the
 * namespace's links did not hand on to the stack (/proc/thread-self/net/dev), and those that
 * found a processor's queue full, whatever namespace they were for (/proc/net/softnet_stat).
 */
#include "counters.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COUNTER_NAME_SIZE = 64, FILE_CHUNK = 16 << 10 };

struct counter {
	char name[COUNTER_NAME_SIZE]; /* "TcpExt.TCPTimeouts" */
	int64_t value;
};

struct counters {
	struct counter *items;
	size_t count, space;
	uint64_t sent; /* frames, by all links but lo */
};

/* Part of a text, not terminated. */
struct span {
	const char *text;
	size_t length;
};

/* The next part of @rest up to one of @ends, which is skipped; empty at the end. */
static struct span span_next(const char **rest, const char *ends)
{
	struct span span;

	*rest += strspn(*rest, ends);
	span = (struct span){.text = *rest, .length = strcspn(*rest, ends)};
	*rest += span.length;
	return span;
}

/* A word of a line; empty when the line has no more. */
static struct span word_next(struct span *line)
{
	struct span word;

	while (line->length > 0 && line->text[0] == ' ') {
		line->text++;
		line->length--;
	}
	word = (struct span){.text = line->text};
	while (word.length < line->length && word.text[word.length] != ' ')
		word.length++;
	line->text += word.length;
	line->length -= word.length;
	return word;
}

static bool word_number(struct span word, int64_t *value)
{
	char buf[24];
	char *end;

	if (word.length == 0 || word.length >= sizeof(buf))
		return false;
	memcpy(buf, word.text, word.length);
	buf[word.length] = '\0';
	errno = 0;
	*value = strtoll(buf, &end, 10);
	return *end == '\0' && errno == 0;
}

static int counters_add(struct counters *counters, struct span group, struct span name,
                        int64_t value)
{
	struct counter *counter;

	if (counters->count == counters->space) {
		size_t space = counters->space == 0 ? 512 : counters->space * 2;
		struct counter *items = realloc(counters->items, space * sizeof(*items));

		if (items == NULL)
			return -ENOMEM;
		counters->items = items;
		counters->space = space;
	}
	counter = &counters->items[counters->count];
	if (group.length + 1 + name.length >= sizeof(counter->name))
		return 0; /* nobody could ask for it */
	(void)snprintf(counter->name, sizeof(counter->name), "%.*s.%.*s", (int)group.length,
	               group.text, (int)name.length, name.text);
	counter->value = value;
	counters->count++;
	return 0;
}

static bool spans_equal(struct span a, struct span b)
{
	return a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
}

/* Do the words behind the prefix match up, one number a name? */
static bool pair_is_sound(struct span names, struct span values)
{
	for (;;) {
		struct span name = word_next(&names), value = word_next(&values);
		int64_t number;

		if (name.length == 0 || value.length == 0)
			return name.length == value.length;
		if (!word_number(value, &number))
			return false;
	}
}

static int pair_add(struct counters *counters, struct span group, struct span names,
                    struct span values)
{
	int ret = 0;

	group.length--; /* the colon */
	while (ret == 0) {
		struct span name = word_next(&names), value = word_next(&values);
		int64_t number;

		if (name.length == 0 || !word_number(value, &number))
			break;
		ret = counters_add(counters, group, name, number);
	}
	return ret;
}

static int text_add(struct counters *counters, const char *text)
{
	struct span names = span_next(&text, "\n");
	int ret = 0;

	while (names.length > 0 && ret == 0) {
		struct span values = span_next(&text, "\n");
		struct span names_rest = names, values_rest = values;
		struct span group = word_next(&names_rest);

		/* Not a pair: the second line may be the first of one. */
		if (!spans_equal(group, word_next(&values_rest)) || group.length < 2 ||
		    group.text[group.length - 1] != ':') {
			names = values;
			continue;
		}
		if (pair_is_sound(names_rest, values_rest))
			ret = pair_add(counters, group, names_rest, values_rest);
		names = span_next(&text, "\n");
	}
	return ret;
}

static int named_add(struct counters *counters, const char *group, const char *name, int64_t value)
{
	return counters_add(counters, (struct span){group, strlen(group)},
	                    (struct span){name, strlen(name)}, value);
}

static bool link_is_lo(struct span line)
{
	struct span name = word_next(&line);

	return spans_equal(name, (struct span){"lo:", 3});
}

/*
 * dev_seq_printf_stats(): "eth0: bytes packets errs drop fifo frame compressed multicast", then
 * "bytes packets" of what was sent, behind two lines of titles.
 */
static int links_add(struct counters *counters, const char *text)
{
	int64_t sum = 0, dropped;
	uint64_t sent;

	for (struct span line = span_next(&text, "\n"); line.length > 0;
	     line = span_next(&text, "\n")) {
		const char *colon = memchr(line.text, ':', line.length);

		if (!colon ||
		    sscanf(colon + 1, "%*s %*s %*s %" SCNd64 " %*s %*s %*s %*s %*s %" SCNu64,
		           &dropped, &sent) != 2)
			continue;
		sum += dropped;
		counters->sent += link_is_lo(line) ? 0 : sent;
	}
	return named_add(counters, "Link", "RxDropped", sum);
}

/* softnet_seq_show(): a line of hexadecimal numbers for each processor, "processed dropped ...". */
static int softnet_add(struct counters *counters, const char *text)
{
	int64_t sum = 0;

	for (struct span line = span_next(&text, "\n"); line.length > 0;
	     line = span_next(&text, "\n")) {
		unsigned int dropped;

		if (sscanf(line.text, "%*x %x", &dropped) == 1)
			sum += dropped;
	}
	return named_add(counters, "softnet_stat", "dropped", sum);
}

struct counters *counters_parse(const struct counter_texts *texts, struct fault *f)
{
	struct counters *counters = calloc(1, sizeof(*counters));
	int err = counters ? text_add(counters, texts->snmp) : -ENOMEM;

	if (!err)
		err = text_add(counters, texts->netstat);
	if (!err && texts->dev)
		err = links_add(counters, texts->dev);
	if (!err && texts->softnet_stat)
		err = softnet_add(counters, texts->softnet_stat);
	if (!err)
		return counters;
	counters_free(counters);
	(void)fault_set(f, ENOMEM, "read the counters");
	return NULL;
}

/* All of @fd and a NUL, to be freed; NULL with errno. */
static char *text_read(int fd)
{
	size_t length = 0, space = FILE_CHUNK;
	char *text = malloc(space);

	while (text != NULL) {
		ssize_t n = read(fd, text + length, space - length - 1);
		char *larger;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		length += (size_t)n;
		text[length] = '\0';
		if (n == 0)
			return text;
		if (space - length > 1)
			continue;
		larger = realloc(text, space * 2);
		if (larger == NULL)
			break;
		text = larger;
		space *= 2;
	}
	free(text);
	return NULL;
}

static char *file_read(const char *path, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text;

	if (fd < 0) {
		(void)fault_set(f, errno, "open %s", path);
		return NULL;
	}
	text = text_read(fd);
	if (text == NULL)
		(void)fault_set(f, errno, "read %s", path);
	(void)close(fd);
	return text;
}

struct counters *counters_read(bool machine, struct fault *f)
{
	struct counters *counters = NULL;
	char *snmp = file_read("/proc/thread-self/net/snmp", f);
	char *netstat = snmp ? file_read("/proc/thread-self/net/netstat", f) : NULL;
	char *dev = netstat ? file_read("/proc/thread-self/net/dev", f) : NULL;
	char *softnet_stat =
		dev && machine ? file_read("/proc/thread-self/net/softnet_stat", f) : NULL;

	if (dev && (softnet_stat || !machine))
		counters = counters_parse(&(struct counter_texts){.snmp = snmp,
		                                                  .netstat = netstat,
		                                                  .dev = dev,
		                                                  .softnet_stat = softnet_stat},
		                          f);
	free(softnet_stat);
	free(dev);
	free(netstat);
	free(snmp);
	return counters;
}

void counters_free(struct counters *counters)
{
	if (counters == NULL)
		return;
	free(counters->items);
	free(counters);
}

/* @hint: where it is likely to be. IcmpMsg has names only for what has happened. */
static const struct counter *counters_find(const struct counters *counters, const char *name,
                                           size_t hint)
{
	if (hint < counters->count && strcmp(counters->items[hint].name, name) == 0)
		return &counters->items[hint];
	for (size_t i = 0; i < counters->count; i++) {
		if (strcmp(counters->items[i].name, name) == 0)
			return &counters->items[i];
	}
	return NULL;
}

int64_t counters_get(const struct counters *counters, const char *name)
{
	const struct counter *found = counters_find(counters, name, 0);

	return found == NULL ? -1 : found->value;
}

uint64_t counters_sent(const struct counters *counters)
{
	return counters->sent;
}

void counters_changed(const struct counters *before, const struct counters *after,
                      counters_each_fn each, void *arg)
{
	for (size_t i = 0; i < after->count; i++) {
		const struct counter *now = &after->items[i];
		const struct counter *then = counters_find(before, now->name, i);
		int64_t delta = now->value - (then == NULL ? 0 : then->value);

		if (delta != 0)
			each(now->name, delta, arg);
	}
}
