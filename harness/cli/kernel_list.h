/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel_list: the kernels that have been fetched; with @all those that can be, too. */
#ifndef FINWAIT_CLI_KERNEL_LIST_H
#define FINWAIT_CLI_KERNEL_LIST_H

#include <stdbool.h>

/* Prints them, newest first; an exit code with the line said. */
int kernel_list(bool all);

#endif
