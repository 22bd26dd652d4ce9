/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trouble: what became of a guest that did not do its work, from its console. */
#ifndef FINWAIT_VM_TROUBLE_H
#define FINWAIT_VM_TROUBLE_H

#include <stddef.h>

enum trouble {
	TROUBLE_NONE,
	TROUBLE_OOPS, /* and the panic that follows it */
	TROUBLE_PANIC,
	TROUBLE_MEMORY, /* the guest ran out of memory */
	TROUBLE_COUNT,
};

/* @line gets the console's line that says so. Pure. */
enum trouble trouble_find(const char *console, char *line, size_t size);
const char *trouble_name(enum trouble trouble);

#endif
