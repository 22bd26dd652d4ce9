/* SPDX-License-Identifier: GPL-2.0-or-later */
/* catalog: a row of the registry as JSON, for programs that list what can be asked. */
#ifndef FINWAIT_SESSION_CATALOG_H
#define FINWAIT_SESSION_CATALOG_H

#include "../run/registry.h"

/*
 * One line without its newline, the caller's: id, probe, file, title, question, kernel_path,
 * claims with their articles' letters, sysctls, params. NULL: no memory.
 */
char *catalog_line(const struct registry_row *row);

#endif
