// SPDX-License-Identifier: GPL-2.0-or-later
/* offers: the Debian kernels that the archive has. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/interrupt.h"
#include "apt.h"
#include "archive.h"
#include "kernels.h"

#define NAMES_MAX 1024

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
	return -debversion_compare(((const struct vm_offer *)a)->version,
	                           ((const struct vm_offer *)b)->version);
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

/* Names as "linux-image-6.1.0-56-cloud-amd64 - Linux 6.1 ...", a line each. */
static int offers_show(const char *conf, char *names, struct vm_offers *offers, struct fault *f)
{
	const char *argv[NAMES_MAX + 6] = {"apt-cache", "-c", conf, "show", "--no-all-versions"};
	size_t count = 5;
	char *rest = names, *output;
	int err;

	for (char *line; (line = strsep(&rest, "\n")) && count < NAMES_MAX + 5;) {
		line[strcspn(line, " ")] = '\0';
		/* Not the metapackages: "linux-image-6.12-cloud-amd64" has no third number. */
		if (*line)
			argv[count++] = line;
	}
	if (count == 5)
		return 0;
	err = apt_run(argv, NULL, &output, f);
	if (err)
		return err;
	err = offers_parse(output, offers, f);
	free(output);
	return err;
}

static int offers_read(const char *conf, struct vm_offers *offers, struct fault *f)
{
	const char *const argv[] = {
		"apt-cache", "-c",           conf,
		"search",    "--names-only", "^linux-image-[0-9]+\\.[0-9]+\\.[0-9].*-cloud-amd64$",
		NULL};
	char *names;
	int err = apt_run(argv, NULL, &names, f);

	if (err)
		return err;
	err = offers_show(conf, names, offers, f);
	free(names);
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

		err2 = offers_read(conf, offers, err ? &second : f);
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

void offers_free(struct vm_offers *offers)
{
	free(offers->items);
	*offers = (struct vm_offers){0};
}

const struct vm_offer *offer_find(const struct vm_offers *offers, const char *name)
{
	for (size_t i = 0; i < offers->count; i++)
		if (kernel_name_fits(name, offers->items[i].release, offers->items[i].version))
			return &offers->items[i];
	return NULL;
}
