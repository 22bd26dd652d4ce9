/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manual: the sections of finwait(1) that the tables of commands and options make. */
#ifndef FINWAIT_CLI_MANUAL_H
#define FINWAIT_CLI_MANUAL_H

/* COMMANDS and OPTIONS, in man(7), on standard output. */
void manual_print(void);

#endif
