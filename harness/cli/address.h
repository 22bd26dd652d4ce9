/* SPDX-License-Identifier: GPL-2.0-or-later */
/* address: where a file is from a page on, for a link. */
#ifndef FINWAIT_CLI_ADDRESS_H
#define FINWAIT_CLI_ADDRESS_H

/*
 * The relative address (RFC 3986 4.2) of the file @path from the page @page, "-": a page in this
 * folder. Both folders must be there. To be freed; NULL: see errno.
 */
char *address_from(const char *page, const char *path);

#endif
