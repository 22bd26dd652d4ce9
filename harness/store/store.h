/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store: answers that are kept, so that no question is asked twice. Theory of operation
 *
 * In virtual time a run is a function of what it is given. So CACHE/answers has a file for each
 * that has been given, "GUEST/XX/YYYYYYYYYYYYYY": the guest in the cache, and the digest of the key
 * (key.h), by its first two digits a folder. The file has the key whole, and digests of all that is
 * in it (answer.h). It is written under a name that nobody else has, in the same folder, and
 * renamed when it is whole: no locks, so that several finwaits share a store, on a network's file
 * system too. Who dies on the way leaves a file that begins with a dot; prune removes it.
 *
 * What cannot be used (torn, of another format, somebody else's) is told, and is as if it were not
 * there: it is asked for again, and what is put then takes its place.
 */
#ifndef FINWAIT_STORE_STORE_H
#define FINWAIT_STORE_STORE_H

#include "answer.h"
#include "key.h"

#define STORE_TEMP_PREFIX ".new-" /* of a file that is being written, or was when its writer died */

struct store {
	char path[CACHE_PATH]; /* CACHE/answers */
};

/* The folder, made if need be; -EPERM: somebody else could change what is in it (trust.h). */
int store_open(struct store *store, struct fault *f) MUST_CHECK;

/* One that was copied here from another machine: the folder @path. -ENOENT, -ENOTDIR. */
int store_open_at(struct store *store, const char *path, struct fault *f) MUST_CHECK;
/*
 * What other machines have put there by now is seen: of a folder that is opened anew NFS asks its
 * server what is in it, else it may believe for half a minute what was there before.
 */
void store_renew(const struct store *store, const char *guest);

enum answer_extent {
	ANSWER_RESULT, /* its lines stay empty, and are not looked at */
	ANSWER_WHOLE,
};

/*
 * 1 and @answer, to be cleared; 0: there is none; or -errno with a line in @f: there is one that
 * cannot be used, which is as good as none.
 */
int store_get(const struct store *store, const struct answer_key *key, enum answer_extent extent,
              struct answer *answer, struct fault *f) MUST_CHECK;

/* Kept from now on. 0 or -errno (-ENOSPC): nothing was changed then. */
int store_put(const struct store *store, const struct answer_key *key, const struct answer *answer,
              struct fault *f) MUST_CHECK;

/*
 * The same as store_get() of the file at @path, whatever its key: for who looks after the store.
 * 0, or -errno: it cannot be used.
 */
int store_check_file(const char *path, struct fault *f) MUST_CHECK;

#endif
