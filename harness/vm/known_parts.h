/* SPDX-License-Identifier: GPL-2.0-or-later */
/* known_parts: what known.c and built.c share. */
#ifndef FINWAIT_VM_KNOWN_PARTS_H
#define FINWAIT_VM_KNOWN_PARTS_H

#include "../base/array.h"
#include "known.h"

/* One more, all zeros; NULL without memory, with a line in @f. */
struct known_kernel *known_add(struct known *known, struct fault *f);

#endif
