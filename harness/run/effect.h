/* SPDX-License-Identifier: GPL-2.0-or-later */
/* effect: what a sysctl or a socket option really does, in a sentence, for 'finwait sysctl'. */
#ifndef FINWAIT_RUN_EFFECT_H
#define FINWAIT_RUN_EFFECT_H

#include <stddef.h>

struct effect {
	const char *name; /* "net.ipv4.tcp_fin_timeout", or an option as the manual spells it */
	const char *does; /* a sentence or two, of the kernel's rule */
	const char *function; /* that decides */
};

/* The @i-th, sysctls first; NULL behind the last. */
const struct effect *effect_at(unsigned int i);
/* "tcp_fin_timeout" of "net.ipv4.tcp_fin_timeout". */
const char *effect_short(const struct effect *effect);
/* By its name, also without net.ipv4. or net.core.; NULL: not known. */
const struct effect *effect_find(const char *name);
/* "; did you mean ...?" or where all of them are: what follows on @name, which is not known. */
const char *effect_nearest(const char *name, char *buf, size_t size);

#endif
