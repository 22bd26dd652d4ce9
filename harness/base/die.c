// SPDX-License-Identifier: GPL-2.0-or-later
#include "die.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void die_errno(const char *process, const char *what)
{
	/* not through stdio: its buffers are the parent's, too */
	dprintf(STDERR_FILENO, "finwait: %s: %s: %m\n", process, what);
	_exit(EXIT_FAILURE);
}
