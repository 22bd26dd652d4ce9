/* SPDX-License-Identifier: GPL-2.0-or-later */
/* complete: what may stand where a shell's cursor is, from the tables of commands and options. */
#ifndef FINWAIT_CLI_COMPLETE_H
#define FINWAIT_CLI_COMPLETE_H

/*
 * The candidates for the last of @words (those behind "finwait"), a line each: the whole word, a
 * tab, what it is. ":files" and ":folders" stand for names that the shell knows itself. Theory of
 * operation: complete.c.
 */
void complete_print(int count, char *const *words);

#endif
