/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unread: sysctls that were set and had no part in anything that happened. */
#ifndef FINWAIT_SESSION_UNREAD_H
#define FINWAIT_SESSION_UNREAD_H

#include "../base/buffer.h"
#include "../base/fault.h"
#include "../record/record.h"

/*
 * The names in @sets (as they were typed) that the kernel went by in none of @records, into
 * @names with blanks between; what nobody here knows about is not among them. 0 or -ENOMEM.
 */
int sets_unread(struct record *const *records, size_t count, const struct settings *sets,
                struct buffer *names) MUST_CHECK;

#endif
