// SPDX-License-Identifier: GPL-2.0-or-later
#include "known.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "known_parts.h"

/* ---- which there are ---- */

struct known_kernel *known_add(struct known *known, struct fault *f)
{
	struct known_kernel *items =
		array_reserve(known->items, &known->space, known->count + 1, sizeof(*items));

	if (!items) {
		fault_set(f, ENOMEM, "list kernels");
		return NULL;
	}
	known->items = items;
	items[known->count] = (struct known_kernel){0};
	return &items[known->count++];
}

static struct known_kernel *packaged_add(struct known *known, const char *release,
                                         const char *version, struct fault *f)
{
	struct known_kernel *kernel = known_add(known, f);

	if (!kernel)
		return NULL;
	snprintf(kernel->name, sizeof(kernel->name), "%s", release);
	snprintf(kernel->release, sizeof(kernel->release), "%s", release);
	snprintf(kernel->version, sizeof(kernel->version), "%s", version);
	return kernel;
}

int known_fetched(struct known *known, struct fault *f)
{
	struct vm_kernels kernels;
	int err = kernels_list(&kernels, f);

	for (size_t i = 0; i < kernels.count && !err; i++) {
		struct known_kernel *kernel =
			packaged_add(known, kernels.items[i].release, kernels.items[i].version, f);

		if (kernel)
			kernel->fetched = true;
		else
			err = -f->err;
	}
	kernels_free(&kernels);
	known_order(known);
	return err;
}

/* The one of that release, whatever its version: a release is one folder of the cache. */
static struct known_kernel *release_find(const struct known *known, const char *release)
{
	for (size_t i = 0; i < known->count; i++)
		if (!strcmp(known->items[i].release, release))
			return &known->items[i];
	return NULL;
}

int known_offered(struct known *known, struct fault *f)
{
	int err = offers_ask(true, &known->offers, f);

	for (size_t i = 0; i < known->offers.count && !err; i++) {
		const struct vm_offer *offer = &known->offers.items[i];
		struct known_kernel *kernel = release_find(known, offer->release);

		if (!kernel)
			kernel = packaged_add(known, offer->release, offer->version, f);
		if (!kernel)
			err = -f->err;
		else if (!kernel->offer)
			kernel->offer = offer;
	}
	known_order(known);
	return err;
}

int known_fetch(struct known_kernel *kernel, struct fault *f)
{
	int err = kernel->fetched || !kernel->offer ? 0 : offer_fetch(kernel->offer, NULL, f);

	kernel->fetched |= !err;
	return err;
}

void known_free(struct known *known)
{
	free(known->items);
	offers_free(&known->offers);
	*known = (struct known){0};
}

/* ---- in which order ---- */

static int known_compare(const void *a, const void *b)
{
	const struct known_kernel *ka = a, *kb = b;
	bool packaged = ka->version[0] && kb->version[0];
	int order = packaged ? debversion_compare(ka->version, kb->version)
	                     : release_compare(ka->release, kb->release);

	if (!order)
		order = strcmp(ka->release, kb->release);
	return order ? order : strverscmp(ka->name, kb->name);
}

void known_order(struct known *known)
{
	if (known->count)
		qsort(known->items, known->count, sizeof(*known->items), known_compare);
}

/* ---- what they are called ---- */

/* "6.1.192" of "6.1.192-2". */
static void upstream(const struct known_kernel *kernel, char label[96])
{
	const char *dash = strrchr(kernel->version, '-');

	snprintf(label, 96, "%.*s",
	         dash ? (int)(dash - kernel->version) : (int)strlen(kernel->version),
	         kernel->version);
}

static bool label_is_taken(const struct known *known, const struct known_kernel *kernel)
{
	for (size_t i = 0; i < known->count; i++)
		if (&known->items[i] != kernel && !strcmp(known->items[i].label, kernel->label))
			return true;
	return false;
}

/* Those that others have, too, become what comes next: the release; the file or folder. */
static void labels_tell(struct known *known, bool of_place)
{
	bool *taken = calloc(known->count + 1, sizeof(*taken));

	for (size_t i = 0; taken && i < known->count; i++)
		taken[i] = label_is_taken(known, &known->items[i]);
	for (size_t i = 0; taken && i < known->count; i++) {
		struct known_kernel *kernel = &known->items[i];

		if (taken[i] && (!of_place || kernel->place[0]))
			snprintf(kernel->label, sizeof(kernel->label), "%s",
			         of_place ? kernel->place : kernel->release);
	}
	free(taken); /* without memory they keep names that are not only theirs */
}

void known_label(struct known *known)
{
	for (size_t i = 0; i < known->count; i++) {
		struct known_kernel *kernel = &known->items[i];

		if (kernel->version[0])
			upstream(kernel, kernel->label);
		else
			snprintf(kernel->label, sizeof(kernel->label), "%s", kernel->release);
	}
	labels_tell(known, false);
	labels_tell(known, true);
}

/* ---- some of them ---- */

size_t known_find(const struct known *known, const char *name)
{
	size_t found = known->count;
	int best = 0;

	for (size_t i = known->count; i > 0; i--) {
		const struct known_kernel *kernel = &known->items[i - 1];
		int rank = kernel_name_rank(name, kernel->release, kernel->version);

		if (rank <= best)
			continue;
		best = rank;
		found = i - 1;
	}
	return found;
}

static bool is_among(const struct known *known, const char *name)
{
	for (size_t i = 0; i < known->count; i++)
		if (!strcmp(known->items[i].name, name))
			return true;
	return false;
}

int known_pick(struct known *to, const struct known *known, size_t first, size_t last,
               struct fault *f)
{
	char flavour[KERNEL_FLAVOUR], own[KERNEL_FLAVOUR];

	kernel_flavour(known->items[first].release, flavour);
	for (size_t i = first; i <= last; i++) {
		const struct known_kernel *kernel = &known->items[i];
		struct known_kernel *picked;

		if (strcmp(kernel_flavour(kernel->release, own), flavour) != 0 ||
		    is_among(to, kernel->name))
			continue;
		picked = known_add(to, f);
		if (!picked)
			return -f->err;
		*picked = *kernel;
	}
	known_order(to);
	return 0;
}
