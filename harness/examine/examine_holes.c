// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * examine_holes: events that trace lost without a word.
 *
 * The kernel counts the eBPF programs that it did not run for recursion, and a ring's
 * records that found no room. There are kernels that pass over the programs also while a
 * certain task is current, and count nothing: a timer that interrupts this task is then seen
 * by the wire and by sock_diag alone. A segment sent again, a reset, the end of a socket, or the
 * step that a segment makes it take, is such a hole where the others saw it and trace did not.
 * What rests on trace is not known then.
 */
#include "examine_parts.h"

int examine_holes(const struct story *story, uint64_t *holes)
{
	struct examination examination;
	int err = examine_story(story, &examination);

	*holes = 0;
	for (size_t i = 0; i < examination.count; i++)
		*holes += examination.items[i].hole;
	examination_free(&examination);
	return err;
}
