/* SPDX-License-Identifier: GPL-2.0-or-later */
/* captures: --pcapng, a capture file a record. */
#ifndef FINWAIT_CLI_CAPTURES_H
#define FINWAIT_CLI_CAPTURES_H

#include "../record/record.h"
#include "../session/tally.h"

/*
 * DIR/ID.pcapng of each of @records that has packets; a second one of an id is DIR/ID.2.pcapng.
 * EXIT_AS_PREDICTED, or EXIT_NOT_RUN with a line on standard error: what was written before stays.
 */
enum exit_code captures_write(struct record *const *records, size_t count, const char *dir);
/*
 * The address of each record's capture in @dir, as captures_write() has named it, for a page that is
 * written into @page ("-": for one in this folder); NULL of a record without packets. They and
 * their list are to be freed. NULL: see errno.
 */
char **captures_link(struct record *const *records, size_t count, const char *dir,
                     const char *page);

#endif
