// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * archive: the host's apt is asked for its Debian mirrors (apt-get indextargets); the same
 * mirrors with other suites make up a source list of our own, which a second apt uses that
 * has its own state, lists and cache. Signatures and hashes are apt's business in both.
 */
#include "archive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "apt.h"
#include "cache.h"
#include "trust.h"

#define LISTS_FRESH_S (12L * 3600)
#define STAMP "updated"

/* Enough for every kernel series, and a fifth of the lists; the others when asked. */
static const char suites_main[] = "sid";
static const char suites_main_wide[] = "bullseye bookworm bookworm-backports trixie"
				       " trixie-backports sid";
static const char suites_security[] = "bullseye-security bookworm-security trixie-security";

const char *archive_room(bool wide)
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
		err = file_write_in(dir, "finwait.sources", text, size, f);
	else
		err = fault_set(f, ENOMEM, "write a source list");
	free(text);
	return err;
}

static int archive_configure(const char *dir, bool wide, struct fault *f)
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
		err = file_write_in(dir, "status", "", 0, f);
	if (!err)
		err = file_write_in(dir, "apt.conf", text, (size_t)n, f);
	return err ? err : sources_write(dir, wide, f);
}

/* What apt reads there decides which programs it runs. */
int archive_trusted(const char *dir, struct fault *f)
{
	static const char *const names[] = {"apt.conf", "finwait.sources", "status", STAMP,
	                                    "state",    "lists",           "cache"};
	int err = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && !err; i++)
		err = trust_own_in(dir, names[i], f);
	return err;
}

bool archive_is_fresh(const char *dir)
{
	char path[CACHE_PATH];
	struct fault ignored;
	struct stat st;

	return path_join(path, dir, STAMP, &ignored) == 0 && stat(path, &st) == 0 &&
	       time(NULL) - st.st_mtime < LISTS_FRESH_S && time(NULL) >= st.st_mtime;
}

/* Suites that the mirror does not serve are apt's complaint, not ours. */
int archive_update(const char *dir, const char *conf, bool wide, struct fault *f)
{
	const char *const argv[] = {"apt-get", "update", "-q", "-c", conf, NULL};
	int err;

	if (archive_is_fresh(dir))
		return 0;
	err = archive_configure(dir, wide, f);
	if (!err)
		err = apt_run(argv, NULL, NULL, f);
	return err ? err : file_write_in(dir, STAMP, "", 0, f);
}
