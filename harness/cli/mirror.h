/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mirror: a line on a terminal while this machine's mirror is asked, which may take a while. */
#ifndef FINWAIT_CLI_MIRROR_H
#define FINWAIT_CLI_MIRROR_H

#include <stdbool.h>

/* Before offers_ask(@wide) or known_offered(). */
void mirror_show(bool wide);
/* When that has come back, before anything is printed. */
void mirror_clear(void);

#endif
