/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * examine: the witnesses are examined themselves. Every event of a record must follow from
 * what the other observers saw; what does not is named.
 *
 * Theory of operation
 *
 * A judge asks a record the questions of one probe. The examination asks the same of all
 * of them: is this a story that a kernel can have told? It knows the protocol and
 * the kernel's rules, and no probe:
 *
 *   - examine_end.c puts together what was seen of each end of each connection.
 *   - examine_segment.c follows the sequence numbers: what may be sent next, what has to be
 *     acknowledged, which options were agreed on, what each segment that comes in does.
 *   - examine_state.c has the table of the states' edges. A state is left for a reason:
 *     a call, a segment that does it, a timer. And a segment that has to move a socket does.
 *   - examine_sample.c holds what sock_diag reads against that walk and those numbers.
 *   - examine_timer.c asks of each retransmission, probe and end by a timer whether the timer
 *     was due then.
 *   - examine_trace.c pairs what trace tells of retransmissions and resets with the segments.
 *   - examine_wire.c asks what became of each frame, and which rule did it.
 *   - examine_counter.c predicts MIB counters from the segments and the walks.
 *   - examine_call.c holds the results of system calls against what the wire saw.
 *
 * An observer that was not there is not missed: what only it can tell is not asked. One
 * that lost events, or a machine that was late, leaves a complaint undecided.
 */
#ifndef FINWAIT_EXAMINE_EXAMINE_H
#define FINWAIT_EXAMINE_EXAMINE_H

#include "../base/arena.h"
#include "../base/fault.h"
#include "../story/story.h"

/* Something in a record that nothing else in it explains. */
struct unexplained {
	int64_t t_ns;
	const char *text; /* "server s1 LAST_ACK -> CLOSE at 0.430 s: no call, ..." */
	int64_t late_ns; /* how late the machine was, where that is why; else 0 */
	const char *undecided; /* why it may be nothing; NULL: it cannot have happened like this */
	unsigned int rests_on; /* a bit for each observer whose word was taken */
	bool hole; /* others saw it, and trace did not */
};

struct examination {
	struct unexplained *items; /* in order of time */
	size_t count, space;
	struct arena texts;
	uint64_t looks; /* how often something was looked at in search of a cause */
};

/* Examine @story; 0 or -ENOMEM. examination_free() either way. */
int examine_story(const struct story *story, struct examination *examination) MUST_CHECK;
void examination_free(struct examination *examination);

/* How many events trace lost without counting them, as far as others saw them; 0 or -ENOMEM. */
int examine_holes(const struct story *story, uint64_t *holes) MUST_CHECK;

#define EXAMINE_FINDING "unexplained"

/*
 * Examine @story, which is @rec's: judge_record() is given this. Where something is unexplained
 * add the finding of that name to @rec, with the first of it in its note: it fails, or is
 * inconclusive where there is an excuse for all of it. Its claim is the probe itself. 0 or
 * -ENOMEM.
 */
int examine_record(struct record *rec, const struct story *story) MUST_CHECK;

#endif
