// SPDX-License-Identifier: GPL-2.0-or-later
#include "mirror.h"

#include <stdio.h>

#include "../vm/kernels.h"
#include "cli.h"

void mirror_show(bool wide)
{
	if (cli_shows_progress())
		fprintf(stderr, "\r\033[K%s Debian's lists of packages ...",
		        offers_are_old(wide) ? "fetching" : "reading");
}

void mirror_clear(void)
{
	if (cli_shows_progress())
		fputs("\r\033[K", stderr);
}
