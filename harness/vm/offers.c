// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * offers: Debian kernels in the archive, and fetching one. The host's apt is asked
 * for its Debian mirrors (apt-get indextargets); the same mirrors with other suites
 * make up a source list of our own, which a second apt uses that has its own
 * state, lists and cache. Signatures and hashes are apt's business in both.
 */
#include "kernels.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../base/interrupt.h"
#include "apt.h"
#include "trust.h"

#define OFFERS_FRESH_S (12L * 3600)
#define NAMES_MAX 1024

/* Enough for every kernel series, and a fifth of the lists; the others when asked. */
static const char suites_main[] = "sid";
static const char suites_main_wide[] = "bullseye bookworm bookworm-backports trixie"
				       " trixie-backports sid";
static const char suites_security[] = "bullseye-security bookworm-security trixie-security";

/* A room each: what one finds does not depend on whether the other was asked before. */
static const char *apt_room(bool wide)
{
	return wide ? "apt-wide" : "apt";
}

struct mirror {
	char uri[300], keyring[300];
	bool security;
};

/* Where the source list that @entry ("FILE:LINE") speaks of names a keyring file. */
static void keyring_find(const char *entry, char keyring[300])
{
	char path[CACHE_PATH], *text, *at;
	struct fault ignored;
	size_t size, length;

	keyring[0] = '\0';
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(entry, ":"), entry);
	text = file_read(path, &size, &ignored);
	if (!text)
		return;
	at = strcasestr(text, "signed-by");
	if (at) {
		at += strlen("signed-by");
		at += strspn(at, ":= \t");
		length = strcspn(at, " \t\n],");
		if (*at == '/' && length < 300)
			snprintf(keyring, 300, "%.*s", (int)length, at);
	}
	free(text);
}

/* A line of indextargets: origin|release|component|uri|where. */
static bool mirror_take(char *line, struct mirror *mirror)
{
	char *field[5];

	for (int i = 0; i < 5; i++) {
		field[i] = line;
		line += strcspn(line, "|");
		if (*line)
			*line++ = '\0';
	}
	if (strcmp(field[0], "Debian") != 0 || strcmp(field[2], "main") != 0)
		return false;
	snprintf(mirror->uri, sizeof(mirror->uri), "%s", field[3]);
	mirror->security = strstr(field[1], "-security") != NULL;
	keyring_find(field[4], mirror->keyring);
	return true;
}

/* The host's first mirror of the main archive, and that of the security archive. */
static int mirrors_find(struct mirror mirrors[2], struct fault *f)
{
	static const char *const argv[] = {
		"apt-get",
		"indextargets",
		"--format",
		"$(ORIGIN)|$(RELEASE)|$(COMPONENT)|$(REPO_URI)|$(SOURCESENTRY)",
		"Created-By: Packages",
		NULL};
	char *output, *rest;
	int err = apt_run(argv, NULL, &output, f);

	mirrors[0] = mirrors[1] = (struct mirror){0};
	if (err)
		return err;
	rest = output;
	for (char *line; (line = strsep(&rest, "\n"));) {
		struct mirror mirror;

		if (mirror_take(line, &mirror) && !mirrors[mirror.security].uri[0])
			mirrors[mirror.security] = mirror;
	}
	free(output);
	if (!mirrors[0].uri[0] && !mirrors[1].uri[0])
		return fault_refuse(f, ENOENT,
		                    "find a Debian mirror in this machine's apt set-up"
		                    " (apt-get update once?)");
	return 0;
}

static void source_print(FILE *file, const struct mirror *mirror, const char *suites)
{
	if (!mirror->uri[0])
		return;
	fprintf(file, "Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n", mirror->uri, suites);
	if (mirror->keyring[0])
		fprintf(file, "Signed-By: %s\n", mirror->keyring);
	fputc('\n', file);
}

/* What the private apt is told; the last word, behind the host's own configuration. */
static const char configuration[] =
	"#clear APT::Update;\n#clear DPkg;\n"
	"Dir::State \"%1$s/state\";\nDir::State::Lists \"%1$s/lists\";\n"
	"Dir::State::Status \"%1$s/status\";\nDir::Cache \"%1$s/cache\";\n"
	"Dir::Etc::SourceList \"%1$s/finwait.sources\";\nDir::Etc::SourceParts \"/dev/null\";\n"
	"Dir::Etc::Preferences \"/dev/null\";\nDir::Etc::PreferencesParts \"/dev/null\";\n"
	"APT::Architecture \"amd64\";\nAPT::Architectures { \"amd64\"; };\n"
	"APT::Sandbox::User \"root\";\nAPT::Update::Error-Mode \"any\";\n"
	"APT::Get::AllowUnauthenticated \"false\";\nAcquire::AllowInsecureRepositories \"false\";\n"
	"Acquire::AllowDowngradeToInsecureRepositories \"false\";\n"
	"Acquire::AllowWeakRepositories \"false\";\n"
	"Acquire::Languages \"none\";\nAcquire::Retries \"1\";\nAcquire::http::Timeout \"20\";\n"
	"Acquire::https::Timeout \"20\";\n";

static int text_write(const char *dir, const char *name, const char *text, size_t size,
                      struct fault *f)
{
	char path[CACHE_PATH];
	int err = path_join(path, dir, name, f);

	return err ? err : file_write(path, text, size, f);
}

static int sources_write(const char *dir, bool wide, struct fault *f)
{
	struct mirror mirrors[2];
	char *text = NULL;
	size_t size = 0;
	FILE *file;
	int err = mirrors_find(mirrors, f);

	if (err)
		return err;
	file = open_memstream(&text, &size);
	if (!file)
		return fault_set(f, errno, "write a source list");
	/* Without a security archive the main one must do. */
	source_print(file, &mirrors[0],
	             wide || !mirrors[1].uri[0] ? suites_main_wide : suites_main);
	source_print(file, &mirrors[1], suites_security);
	if (fclose(file) == 0)
		err = text_write(dir, "finwait.sources", text, size, f);
	else
		err = fault_set(f, ENOMEM, "write a source list");
	free(text);
	return err;
}

static int apt_configure(const char *dir, bool wide, struct fault *f)
{
	static const char *const folders[] = {"state", "lists", "cache"};
	char text[8192], path[CACHE_PATH];
	int err = 0, n = snprintf(text, sizeof(text), configuration, dir);

	if (strpbrk(dir, "\"\\\n"))
		return fault_set(f, EINVAL, "use a cache folder with quotes in its name");
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && !err; i++) {
		err = path_join(path, dir, folders[i], f);
		if (!err && mkdir(path, 0755) < 0 && errno != EEXIST)
			err = fault_set(f, errno, "make %s", path);
	}
	if (!err)
		err = text_write(dir, "status", "", 0, f);
	if (!err)
		err = text_write(dir, "apt.conf", text, (size_t)n, f);
	return err ? err : sources_write(dir, wide, f);
}

/* What apt reads there decides which programs it runs. */
static int apt_trusted(const char *dir, struct fault *f)
{
	static const char *const names[] = {"apt.conf", "finwait.sources", "status", "updated",
	                                    "state",    "lists",           "cache"};
	int err = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !err; i++)
		err = trust_own_in(dir, names[i], f);
	return err;
}

static bool stamp_fresh(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && time(NULL) - st.st_mtime < OFFERS_FRESH_S &&
	       time(NULL) >= st.st_mtime;
}

/* apt-get update; suites that the mirror does not serve are apt's complaint, not ours. */
static int apt_update(const char *dir, const char *conf, bool wide, struct fault *f)
{
	const char *const argv[] = {"apt-get", "update", "-q", "-c", conf, NULL};
	char stamp[CACHE_PATH];
	int err = path_join(stamp, dir, "updated", f);

	if (err || stamp_fresh(stamp))
		return err;
	err = apt_configure(dir, wide, f);
	if (!err)
		err = apt_run(argv, NULL, NULL, f);
	return err ? err : file_write(stamp, "", 0, f);
}

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
	err = apt_update(dir, conf, wide, f);
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
	int err = cache_room(apt_room(wide), dir, f);

	*offers = (struct vm_offers){0};
	if (!err)
		err = apt_trusted(dir, f);
	if (!err)
		err = cache_lock(apt_room(wide), "apt", true, &lock, f);
	if (err)
		return err;
	interrupt_catch();
	err = cache_full(apt_room(wide), offers_ask_locked(dir, wide, offers, f), f);
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

/* ---- fetching */

/* "NAME=VERSION" of the packages that hold the files: the image's own, or two it depends on. */
static int packages_choose(const struct vm_offer *offer, char packages[2][256])
{
	static const char *const parts[] = {"linux-binary-", "linux-modules-"};
	int count = 0;

	for (int i = 0; i < 2; i++) {
		char name[160];

		snprintf(name, sizeof(name), "%s%s", parts[i], offer->release);
		if (strstr(offer->depends, name))
			snprintf(packages[count++], 256, "%s=%s", name, offer->version);
	}
	if (!count)
		snprintf(packages[count++], 256, "%s=%s", offer->package, offer->version);
	return count;
}

static int packages_download(const struct vm_offer *offer, const char *dir, struct fault *f)
{
	char apt[CACHE_PATH], conf[CACHE_PATH], packages[2][256] = {"", ""};
	const char *argv[] = {"apt-get", "download", "-q", "-c", conf, packages[0], NULL, NULL};
	int err = cache_room(apt_room(offer->wide), apt, f);

	if (!err)
		err = apt_trusted(apt, f);
	if (!err)
		err = path_join(conf, apt, "apt.conf", f);
	if (packages_choose(offer, packages) == 2)
		argv[6] = packages[1];
	return err ? err : apt_run(argv, dir, NULL, f);
}

/* Unpack every package in @dir there, and remove it. */
static int packages_unpack(const char *dir, struct fault *f)
{
	DIR *folder = opendir(dir);
	struct dirent *entry;
	int err = 0;

	if (!folder)
		return fault_set(f, errno, "read %s", dir);
	while (!err && (entry = readdir(folder))) {
		const char *argv[] = {"dpkg-deb", "-x", entry->d_name, ".", NULL};
		const char *dot = strrchr(entry->d_name, '.');

		if (!dot || strcmp(dot, ".deb") != 0)
			continue;
		err = apt_run(argv, dir, NULL, f);
		if (!err && unlinkat(dirfd(folder), entry->d_name, 0) < 0)
			err = fault_set(f, errno, "remove %s", entry->d_name);
	}
	closedir(folder);
	return err;
}

static int offer_fetch_into(const struct vm_offer *offer, const char *temp, struct fault *f)
{
	char room[CACHE_PATH], final[CACHE_PATH];
	int err = packages_download(offer, temp, f);

	if (!err)
		err = packages_unpack(temp, f);
	if (!err)
		err = text_write(temp, "version", offer->version, strlen(offer->version), f);
	if (!err)
		err = interrupt_check(f);
	if (!err)
		err = cache_room("kernels", room, f);
	if (!err)
		err = path_join(final, room, offer->release, f);
	return err ? err : cache_commit(temp, final, f);
}

static int offer_fetch_locked(const struct vm_offer *offer, struct fault *f)
{
	char temp[CACHE_PATH];
	struct fault ignored;
	int err = cache_begin("kernels", offer->release, temp, f);

	if (!err)
		err = offer_fetch_into(offer, temp, f);
	if (!err)
		return 0;
	err = cache_full("kernels", err, f);
	if (cache_forget("kernels", offer->release, false, &ignored) < 0)
		fprintf(stderr, "finwait: %s is left over\n", temp);
	return err;
}

int offer_fetch(const struct vm_offer *offer, struct vm_kernel *kernel, struct fault *f)
{
	struct cache_lock lock;
	int err = cache_lock("kernels", offer->release, true, &lock, f);

	if (err)
		return err;
	interrupt_catch();
	err = offer_fetch_locked(offer, f);
	interrupt_release();
	cache_unlock(&lock);
	if (interrupt_pending())
		return fault_refuse(f, EINTR, "interrupted while %s was fetched", offer->release);
	if (!err && kernel)
		err = kernel_find(offer->release, kernel, f);
	return err;
}
