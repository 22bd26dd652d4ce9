// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * A verdict on a timer is worth as much as the machine that runs it is punctual. On a busy
 * machine this process gets the processor late: it reads a socket late, it moves a frame
 * late by hand, and TCP rightly retransmits. In a guest whose virtual processor is taken
 * away the kernel's own timers fire late. None of that is the kernel's doing, so it is
 * measured and kept beside what was observed, for the judge to see whether it explains a
 * difference. Measured are
 *
 *   wake   how much later than asked this process was woken. It waits for no more than
 *          LATE_BEAT_NS at a time, so that a processor which is taken away, by a hypervisor
 *          or by a SIGSTOP, is missed to within that. And a stretch of work that should have
 *          taken microseconds and took longer than a beat.
 *   timer  the same where it had asked to be woken at the expiry of one of the kernel's
 *          timers: a timer of our own beside it, with the same due time.
 *   steal  how long it was ready to run and had no processor (the scheduler's own count),
 *          whatever had woken it.
 *   hand   from a frame's arrival in the wire to its being moved on by the hand.
 *   tick   how long the kernel's tick has been due. Until it comes jiffies are behind, and a
 *          timer that is set then fires early by as much: tcp_reset_xmit_timer(), mod_timer().
 *          So it is looked at behind whatever may set one: a call, a frame, a wait.
 *
 * One delay may be told by several of them: they are different views, never to be added up
 * across kinds. What is later than LATE_FLOOR_NS becomes an event; spells that follow each
 * other within SPELL_GAP_NS become one, so that a starved run of an hour does not drown in
 * them. On a quiet machine there is none, in virtual time there never is.
 */
#include "late.h"

#define SPELL_GAP_NS (50 * NS_PER_MS)
/* A timer is set a moment before or after the tick is looked at, and must not seem early unsaid. */
#define LATE_TICK_FLOOR_NS (LATE_FLOOR_NS / 2)

static void spell_tell(struct late *late, enum late_what what)
{
	struct late_spell *spell = &late->spells[what];
	struct event event = {.kind = EVENT_LATE};

	if (!spell->due_ns)
		return;
	event.t_ns = spell->end_ns - late->emit->t0_ns;
	event.late.what = what;
	if (spell->due_ns > late->emit->t0_ns) /* else it was so when the run began */
		event.late.due_ns = spell->due_ns - late->emit->t0_ns;
	event.late.late_ns = spell->late_ns;
	*spell = (struct late_spell){0};
	emit_event(late->emit, &event);
}

/* What overlaps counts once: ten frames that waited together waited no longer than one. */
static void spell_add(struct late *late, enum late_what what, int64_t due_ns, int64_t now_ns)
{
	struct late_spell *spell = &late->spells[what];

	if (spell->due_ns && due_ns - spell->end_ns > SPELL_GAP_NS)
		spell_tell(late, what);
	if (!spell->due_ns)
		*spell = (struct late_spell){.due_ns = due_ns, .end_ns = due_ns};
	if (due_ns < spell->end_ns)
		due_ns = spell->end_ns;
	if (now_ns <= due_ns)
		return;
	spell->late_ns += now_ns - due_ns;
	spell->end_ns = now_ns;
}

void late_note(struct late *late, enum late_what what, int64_t due_ns, int64_t now_ns)
{
	struct late_total *total = &late->emit->rec->late[what];
	int64_t late_ns = now_ns - due_ns;

	if (late_ns <= 0 || (due_ns < late->emit->t0_ns && what != LATE_TICK))
		return;
	total->sum_ns += late_ns;
	if (late_ns > total->max_ns)
		total->max_ns = late_ns;
	if (late_ns > (what == LATE_TICK ? LATE_TICK_FLOOR_NS : LATE_FLOOR_NS))
		spell_add(late, what, due_ns, now_ns);
}

void late_open(struct late *late)
{
	if (!late->is_virtual)
		late->queue = lateness_open(NULL);
	late->emit->rec->observed[OBSERVER_LATENESS] = true;
}

void late_begin(struct late *late)
{
	late->pass_ns = clock_mono_ns();
	if (late->queue)
		(void)lateness_queued_ns(late->queue);
}

static void pass_end(struct late *late, int64_t now_ns)
{
	/* In virtual time work takes as long as it has instructions: that is no delay. */
	if (late->pass_ns && now_ns - late->pass_ns > LATE_BEAT_NS && !late->is_virtual)
		late_note(late, LATE_WAKE, late->pass_ns, now_ns);
	late->pass_ns = 0;
}

/* Two ticks: the one that is due may be under way. */
void late_look(struct late *late)
{
	int64_t now_ns, due_ns;

	if (late->is_virtual)
		return;
	now_ns = clock_mono_ns();
	due_ns = clock_tick_ns() + 2 * NS_PER_S / clock_hz();
	if (due_ns < now_ns)
		late_note(late, LATE_TICK, due_ns, now_ns);
}

int64_t late_wait_begin(struct late *late, int64_t until_ns)
{
	int64_t now_ns = clock_mono_ns();

	pass_end(late, now_ns);
	late_look(late);
	if (late->is_virtual || until_ns - now_ns < LATE_BEAT_NS)
		return until_ns;
	return now_ns + LATE_BEAT_NS;
}

void late_wait_end(struct late *late, int64_t beat_ns, int64_t now_ns)
{
	int64_t queued_ns = late->queue ? lateness_queued_ns(late->queue) : 0;

	late->pass_ns = now_ns;
	late_look(late);
	if (beat_ns)
		late_note(late, LATE_WAKE, beat_ns, now_ns);
	if (queued_ns)
		late_note(late, LATE_STEAL, now_ns - queued_ns, now_ns);
}

int64_t late_asleep_ns(const struct late *late)
{
	const struct late_total *total = late->emit->rec->late;

	return total[LATE_WAKE].sum_ns + total[LATE_TIMER].sum_ns;
}

void late_end(struct late *late)
{
	pass_end(late, clock_mono_ns());
	for (int what = 0; what < LATE_WHAT_COUNT; what++)
		spell_tell(late, (enum late_what)what);
}
