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
#define REASON_SHOWN 60

/*
 * "E: Failed to fetch URL  Hash Sum mismatch": the URL's end tells most. apt 3 says "Undetermined
 * Error" of the same where it copies.
 */
static int explain_unfetched(const char *url, struct fault *f)
{
	int length = (int)strcspn(url, " "), skip = length > URL_SHOWN ? length - URL_SHOWN : 0;
	const char *what = strstr(url, "Undetermined Error")
	                           ? "cannot be fetched, and apt does not say why"
	                           : "is not what the archive's signed index says";

	return fault_refuse(f, EIO, "%s%.*s %s: try later, or another mirror", skip ? "..." : "",
	                    length - skip, url + skip, what);
}

/* What comes last; of apt 3's verifier, whose error is followed by a stack, what comes first. */
static const char *signature_reason(const char *text, bool has_stack)
{
	static const char *const openings[] = {"Error: ", "Verifying signature: "};
	const char *at = strstr(text, ": "), *reason = text, *more;

	for (; at; at = has_stack ? NULL : strstr(at, ": ")) {
		at += 2;
		reason = at;
	}
	for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++)
		if ((more = behind(reason, openings[i])))
			reason = more;
	return reason + strspn(reason, " ");
}

/* As far as there is room, and neither a clause that follows nor what the stack begins with. */
static int reason_length(const char *reason)
{
	const char *blanks = strstr(reason, "  ");
	size_t length = strcspn(reason, ",");

	if (blanks && (size_t)(blanks - reason) < length)
		length = (size_t)(blanks - reason);
	return length < REASON_SHOWN ? (int)length : REASON_SHOWN;
}

/*
 * "URI SUITE InRelease: The following signatures were invalid: BADSIG KEY NAME", or with two
 * blanks. A key that is missing is this machine's affair, all else the mirror's.
 */
static int explain_signature(const char *text, bool has_stack, struct fault *f)
{
	const char *colon = strstr(text, ": "), *blanks = strstr(text, "  ");
	const char *end = blanks && (!colon || blanks < colon) ? blanks : colon;
	const char *reason = signature_reason(text, has_stack);
	bool key_missing = strstr(text, "NO_PUBKEY") || strstr(text, "Missing key") ||
	                   strstr(text, "parse keyring");

	if (!end || end - text > 75)
		end = text + strnlen(text, 75);
	return fault_refuse(f, EIO, "the signature of %.*s is not accepted (%.*s): %s",
	                    (int)(end - text), text, reason_length(reason), reason,
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
	    (strstr(text, "Hash Sum mismatch") || strstr(text, "unexpected size") ||
	     strstr(text, "Undetermined Error")))
		return explain_unfetched(text, f);
	if (text && strstr(text, "signature"))
		return explain_signature(text, false, f);
	if ((text = behind(complaint, "W: GPG error: ")))
		return explain_signature(text, false, f);
	if ((text = behind(complaint, "W: OpenPGP signature verification failed: ")))
		return explain_signature(text, true, f);
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
