// SPDX-License-Identifier: GPL-2.0-or-later
/* offers: the Debian kernels that the archive has. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/buffer.h"
#include "../base/interrupt.h"
#include "apt_kept.h"
#include "archive.h"
#include "kernels.h"

#define NAMES_AT_ONCE 512 /* of one command line */

static const char *field_value(const char *stanza, const char *name, char *buf, size_t size)
{
	size_t length = strlen(name);

	*buf = '\0';
	for (const char *line = stanza; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, name, length) && line[length] == ':') {
			line += length + 1;
			line += strspn(line, " ");
			snprintf(buf, size, "%.*s", (int)strcspn(line, "\n"), line);
			break;
		}
	}
	return buf;
}

static bool offer_take(const char *stanza, struct vm_offer *offer)
{
	static const char prefix[] = "linux-image-";

	field_value(stanza, "Package", offer->package, sizeof(offer->package));
	field_value(stanza, "Version", offer->version, sizeof(offer->version));
	field_value(stanza, "Depends", offer->depends, sizeof(offer->depends));
	if (strncmp(offer->package, prefix, strlen(prefix)) != 0 || !offer->version[0])
		return false;
	snprintf(offer->release, sizeof(offer->release), "%.95s", offer->package + strlen(prefix));
	return true;
}

static int offer_order(const void *a, const void *b)
{
	const struct vm_offer *oa = a, *ob = b;
	int order = -debversion_compare(oa->version, ob->version);

	return order ? order : strcmp(oa->release, ob->release);
}

static int offers_parse(char *text, struct vm_offers *offers, struct fault *f)
{
	char *end;

	for (char *stanza = text; stanza && *stanza; stanza = end) {
		struct vm_offer *items, offer = {0};

		end = strstr(stanza, "\n\n");
		if (end) {
			*end = '\0';
			end += 2;
		}
		if (!offer_take(stanza, &offer))
			continue;
		items = realloc(offers->items, (offers->count + 1) * sizeof(*items));
		if (!items)
			return fault_set(f, ENOMEM, "list kernels");
		offers->items = items;
		items[offers->count++] = offer;
	}
	if (offers->count)
		qsort(offers->items, offers->count, sizeof(*offers->items), offer_order);
	return 0;
}

/* The package of each stanza, a line each. */
static void packages_add(struct buffer *names, const char *text)
{
	static const char field[] = "Package: ";

	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, field, strlen(field))) {
			line += strlen(field);
			buffer_add(names, "%.*s\n", (int)strcspn(line, "\n"), line);
		}
	}
}

/* Whether a line of @names is @name. */
static bool has_package(const char *names, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = names; (at = strstr(at, name)); at += length)
		if ((at == names || at[-1] == '\n') && at[length] == '\n')
			return true;
	return false;
}

/* An archive may have removed what an older kernel's package depends on: that one is no offer. */
static void offers_drop_torn(const char *names, struct vm_offers *offers)
{
	size_t kept = 0;

	for (size_t i = 0; i < offers->count; i++) {
		const struct vm_offer *offer = &offers->items[i];
		char packages[2][160];
		int count = offer_packages(offer, packages), found = 0;

		for (int j = 0; j < count; j++)
			found += has_package(names, packages[j]);
		if (found == count)
			offers->items[kept++] = *offer;
	}
	offers->count = kept;
}

/* Not the metapackages: "linux-image-6.12-cloud-amd64" has no third number. */
static int offers_read(const char *dir, const char *conf, struct vm_offers *offers, struct fault *f)
{
	static const char wanted[] = "^linux-(image-[0-9]+\\.[0-9]+\\.[0-9].*-amd64"
				     "|(binary|modules)-[0-9].*)$";
	const char *const show[] = {"apt-cache",         "-c",   conf, "show",
	                            "--no-all-versions", wanted, NULL};
	struct buffer names = {0};
	char *text;
	int err = apt_kept(dir, "shown", show, &text, f);

	if (err) /* of a pattern that fits nothing apt-cache makes an error */
		return strstr(f->what, "No packages found") ? 0 : err;
	packages_add(&names, text);
	err = names.failed ? fault_set(f, ENOMEM, "list kernels") : offers_parse(text, offers, f);
	if (!err)
		offers_drop_torn(buffer_text(&names), offers);
	buffer_free(&names);
	free(text);
	return err;
}

static int offers_ask_locked(const char *dir, bool wide, struct vm_offers *offers, struct fault *f)
{
	char conf[CACHE_PATH];
	int err = path_join(conf, dir, "apt.conf", f), err2;

	if (err)
		return err;
	err = archive_update(dir, conf, wide, f);
	/* A suite that failed leaves the others: what is known counts. */
	if (access(conf, F_OK) == 0) {
		struct fault second;

		err2 = offers_read(dir, conf, offers, err ? &second : f);
		err = err ? err : err2;
	}
	if (err && offers->count) {
		offers->missing = *f;
		err = 0;
	}
	if (!err && !offers->count)
		err = fault_refuse(f, ENOENT, "find any Debian kernel at this machine's mirror");
	return err;
}

int offers_ask(bool wide, struct vm_offers *offers, struct fault *f)
{
	char dir[CACHE_PATH];
	struct cache_lock lock;
	int err = cache_room(archive_room(wide), dir, f);

	*offers = (struct vm_offers){0};
	if (!err)
		err = archive_trusted(dir, f);
	if (!err)
		err = cache_lock(archive_room(wide), "apt", true, &lock, f);
	if (err)
		return err;
	interrupt_catch();
	err = cache_full(archive_room(wide), offers_ask_locked(dir, wide, offers, f), f);
	interrupt_release();
	cache_unlock(&lock);
	for (size_t i = 0; i < offers->count; i++)
		offers->items[i].wide = wide;
	return interrupt_pending() ? fault_refuse(f, EINTR, "interrupted") : err;
}

bool offers_are_old(bool wide)
{
	char dir[CACHE_PATH];
	struct fault ignored;

	return cache_room(archive_room(wide), dir, &ignored) < 0 || !archive_is_fresh(dir);
}

void offers_free(struct vm_offers *offers)
{
	free(offers->items);
	*offers = (struct vm_offers){0};
}

/* "PACKAGE | VERSION | URI SUITE/main amd64 Packages" */
static bool madison_read(char *line, char *field[3], const char **suite)
{
	char *blank;

	for (int i = 0; i < 3; i++) {
		if (!line)
			return false;
		field[i] = strsep(&line, "|");
		field[i] += strspn(field[i], " ");
		if (i < 2)
			field[i][strcspn(field[i], " ")] = '\0';
	}
	blank = strchr(field[2], ' ');
	if (!blank)
		return false;
	blank[1 + strcspn(blank + 1, "/ ")] = '\0';
	*suite = blank + 1;
	return true;
}

/* Whether "a, b" has @suite. */
static bool has_suite(const char *suites, const char *suite)
{
	size_t length = strlen(suite);

	for (const char *at = suites; (at = strstr(at, suite)); at += length)
		if ((at == suites || at[-1] == ' ') && (!at[length] || at[length] == ','))
			return true;
	return false;
}

static void suite_add(struct vm_offer *offer, const char *suite)
{
	size_t used = strlen(offer->suites);

	if (!has_suite(offer->suites, suite) && used + strlen(suite) + 3 < sizeof(offer->suites))
		snprintf(offer->suites + used, sizeof(offer->suites) - used, "%s%s",
		         used ? ", " : "", suite);
}

static void suites_take(char *text, struct vm_offers *offers)
{
	char *line, *field[3];
	const char *suite;

	while ((line = strsep(&text, "\n"))) {
		if (!madison_read(line, field, &suite))
			continue;
		for (size_t i = 0; i < offers->count; i++)
			if (!strcmp(offers->items[i].package, field[0]) &&
			    !strcmp(offers->items[i].version, field[1]))
				suite_add(&offers->items[i], suite);
	}
}

/* Of those from @first on, as many as one command line has. */
static int suites_ask(const char *dir, const char *conf, size_t first, struct vm_offers *offers,
                      struct fault *f)
{
	const char *argv[NAMES_AT_ONCE + 5] = {"apt-cache", "-c", conf, "madison"};
	char name[40], *text;
	int err;

	for (size_t i = 0; i < NAMES_AT_ONCE && first + i < offers->count; i++)
		argv[4 + i] = offers->items[first + i].package;
	snprintf(name, sizeof(name), "suites-%zu", first / NAMES_AT_ONCE);
	err = apt_kept(dir, name, argv, &text, f);
	if (err)
		return err;
	suites_take(text, offers);
	free(text);
	return 0;
}

int offers_suites(struct vm_offers *offers, struct fault *f)
{
	char conf[CACHE_PATH], dir[CACHE_PATH];
	int err = offers->count ? 0 : fault_refuse(f, ENOENT, "no kernel is offered");

	if (!err)
		err = cache_room(archive_room(offers->items[0].wide), dir, f);
	if (!err)
		err = path_join(conf, dir, "apt.conf", f);
	for (size_t first = 0; first < offers->count && !err; first += NAMES_AT_ONCE)
		err = suites_ask(dir, conf, first, offers, f);
	return err;
}

const struct vm_offer *offer_find(const struct vm_offers *offers, const char *name)
{
	const struct vm_offer *best = NULL;
	int most = 0;

	for (size_t i = 0; i < offers->count; i++) {
		const struct vm_offer *each = &offers->items[i];
		int rank = kernel_name_rank(name, each->release, each->version);

		if (rank <= most)
			continue;
		most = rank;
		best = each;
	}
	return best;
}
