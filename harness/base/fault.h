/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault: why something could not be done, in words a user can act on.
 *
 * A function that asks the kernel for something takes a struct fault * last,
 * returns 0 (or a descriptor, where it says so) or a negative errno, and in
 * the latter case fills the fault: what was attempted, the errno, and the
 * kernel's extended ack where netlink gave one. Nothing is printed here.
 */
#ifndef FINWAIT_BASE_FAULT_H
#define FINWAIT_BASE_FAULT_H

#include <stdbool.h>
#include <stddef.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF(a, b) __attribute__((format(printf, a, b)))

struct fault {
	int err; /* positive errno; 0: nothing went wrong */
	bool plain; /* the words say it all, an errno would add nothing */
	char what[256]; /* what was attempted: "enslave port to br0" */
	char extack[192]; /* NLMSGERR_ATTR_MSG or a library's own words */
};

/* Fill @f (NULL is allowed) and return -@err. */
int fault_set(struct fault *f, int err, const char *fmt, ...) PRINTF(3, 4);

/* The same for a refusal of our own: the text has no errno. */
int fault_refuse(struct fault *f, int err, const char *fmt, ...) PRINTF(3, 4);

/* The same, with the kernel's (or a library's) own words in @extack. */
int fault_set_ext(struct fault *f, int err, const char *extack, const char *fmt, ...) PRINTF(4, 5);

/*
 * One line for people and for records, "cannot open the folder out: No such file or directory
 * (extack)", into @buf; returns @buf.
 */
const char *fault_text(const struct fault *f, char *buf, size_t size);

#endif
