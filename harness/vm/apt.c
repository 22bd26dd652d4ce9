// SPDX-License-Identifier: GPL-2.0-or-later
#include "apt.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "spawn.h"

/* What follows @prefix in @text; NULL: it does not begin so. */
static const char *behind(const char *text, const char *prefix)
{
	size_t length = strlen(prefix);

	return strncmp(text, prefix, length) ? NULL : text + length;
}

#define URL_SHOWN 100

/* "E: Failed to fetch URL  Hash Sum mismatch": the URL's end tells most. */
static int explain_mismatch(const char *url, struct fault *f)
{
	int length = (int)strcspn(url, " "), skip = length > URL_SHOWN ? length - URL_SHOWN : 0;

	return fault_refuse(f, EIO,
	                    "%s%.*s is not what the archive's signed index says: try later,"
	                    " or another mirror",
	                    skip ? "..." : "", length - skip, url + skip);
}

/*
 * "URI SUITE InRelease: The following signatures were invalid: BADSIG KEY NAME", or with two
 * blanks. A key that is missing is this machine's affair, all else the mirror's.
 */
static int explain_signature(const char *text, struct fault *f)
{
	const char *blanks = strstr(text, "  "), *end = blanks ? blanks : strstr(text, ": ");
	const char *reason = text;
	bool key_missing = strstr(text, "NO_PUBKEY") || strstr(text, "Missing key");

	for (const char *at = text; (at = strstr(at, ": ")); reason = at)
		at += 2;
	if (!end || end - text > 75)
		end = text + strnlen(text, 75);
	return fault_refuse(f, EIO, "the signature of %.*s is not accepted (%.60s): %s",
	                    (int)(end - text), text, reason,
	                    key_missing ? "is debian-archive-keyring up to date?"
	                                : "try another mirror");
}

/* "E: The repository 'URI SUITE Release' is not signed.", when nothing was said before it. */
static int explain_unsigned(const char *text, struct fault *f)
{
	return fault_refuse(f, EIO, "%.*s has no signature: try another mirror",
	                    (int)strcspn(text, "'"), text);
}

int apt_explain(const char *program, const char *complaint, struct fault *f)
{
	const char *text, *error = behind(complaint, "E: ");

	if ((text = behind(complaint, "E: Failed to fetch ")) &&
	    (strstr(text, "Hash Sum mismatch") || strstr(text, "unexpected size")))
		return explain_mismatch(text, f);
	if (text && strstr(text, "signature"))
		return explain_signature(text, f);
	if ((text = behind(complaint, "W: GPG error: ")) ||
	    (text = behind(complaint, "W: OpenPGP signature verification failed: ")))
		return explain_signature(text, f);
	if ((text = behind(complaint, "E: The repository '")) && strstr(text, "is not signed"))
		return explain_unsigned(text, f);
	if (strstr(complaint, "enough free space") || strstr(complaint, strerror(ENOSPC)))
		return fault_refuse(f, ENOSPC, "%s: %s", program, error ? error : complaint);
	return fault_refuse(f, EIO, "%s: %s", program, error ? error : complaint);
}

int apt_run(const char *const argv[], const char *dir, char **output, struct fault *f)
{
	int err = spawn(argv, dir, output, f);
	struct fault said;

	if (err != -EIO)
		return err;
	said = *f;
	return apt_explain(said.what, said.extack, f);
}
