/* SPDX-License-Identifier: GPL-2.0-or-later */
/* die: the end of a process that can tell nobody by other means. */
#ifndef FINWAIT_BASE_DIE_H
#define FINWAIT_BASE_DIE_H

/* "finwait: PROCESS: WHAT: errno's words" on standard error, then _exit(EXIT_FAILURE). */
void die_errno(const char *process, const char *what) __attribute__((noreturn));

#endif
