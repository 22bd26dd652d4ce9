// SPDX-License-Identifier: GPL-2.0-or-later
/* sweep_look: each point of a column looked up in the store; what is not there is wanted. */
#include <errno.h>
#include <string.h>

#include "../base/clock.h"
#include "../base/interrupt.h"
#include "../record/json.h"
#include "../step/describe.h"
#include "sweep_parts.h"

#define SAID_MOST 10 /* lines about answers that cannot be used */

struct look {
	struct sweeping *sw;
	struct column *column;
	size_t from, to; /* numbers over all kernels that are collected */
};

static void point_want(struct column *column, struct point_set *set, size_t number, size_t row)
{
	set->bits[number / 64] |= (uint64_t)1 << number % 64;
	if (set == &column->wanted) {
		column->left++;
		column->times[row].left++;
	}
}

/* What a run without one is told by the supervisor. */
static int point_skip(const struct look *look, const struct planned *planned,
                      const struct point *point, struct fault *f)
{
	struct record *rec = record_new();
	int err;

	if (!rec)
		return fault_set(f, ENOMEM, "count what is skipped");
	rec->probe = run_name(&planned->run, rec);
	rec->outcome = OUTCOME_SKIPPED;
	rec->reason = record_text(rec, "%s", planned->skip);
	rec->finished = true;
	err = point_answered(look->sw, look->column, point, rec, f);
	record_free(rec);
	return err;
}

static void answer_broken(const struct look *look, const struct fault *fault)
{
	struct sweep_counts *counts = &look->sw->result->counts;
	char line[400];

	counts->broken++;
	if (counts->broken <= SAID_MOST)
		sweep_say(look->sw, "%s: asked for again", fault_text(fault, line, sizeof(line)));
	if (counts->broken == SAID_MOST)
		sweep_say(look->sw, "other answers that cannot be used are only counted");
}

/* 1: it is as good as any that was asked; 0: not. */
static int answer_take(const struct look *look, const struct point *point,
                       const struct answer *answer, struct fault *f)
{
	struct record *rec = record_new();
	char why[160];
	int err;

	if (!rec)
		return fault_set(f, ENOMEM, "read a kept answer");
	err = json_read_line(rec, answer->result.data, answer->result.used, why);
	if (err != JSON_RESULT) {
		struct fault about;

		fault_refuse(&about, EBADMSG, "a kept answer is no result: %s",
		             err < 0 ? why : "another line");
		answer_broken(look, &about);
		record_free(rec);
		return 0;
	}
	rec->run = look->column->vm.info;
	/* which stay the guest's */
	rec->run.features = (struct settings){0};
	rec->run.asked = (struct run_asked){0};
	err = point_answered(look->sw, look->column, point, rec, f);
	if (!err && look->column->out_fd >= 0)
		err = point_keep(look->sw, look->column, point, rec->probe, answer, f);
	record_free(rec);
	return err ? err : 1;
}

/* An answer of another machine's store is one of ours from now on. */
static void merged_keep(const struct look *look, size_t from, const struct answer_key *key,
                        const struct answer *answer)
{
	struct sweeping *sw = look->sw;
	struct fault fault;
	char line[400];

	sw->merged[from].taken++;
	if (sweep_asks_nothing(sw->sweep) || store_put(&sw->store, key, answer, &fault) == 0)
		return;
	if (!sw->result->counts.unkept++)
		sweep_say(sw, "%s", fault_text(&fault, line, sizeof(line)));
}

/* In the store, or else in what is merged: 1, @answer to be cleared; 0: nowhere. */
static int answer_find(const struct look *look, const struct answer_key *key, struct answer *answer,
                       struct fault *f)
{
	const struct sweeping *sw = look->sw;
	int found = store_get(&sw->store, key,
	                      look->column->out_fd >= 0 ? ANSWER_WHOLE : ANSWER_RESULT, answer, f);

	if (found < 0)
		answer_broken(look, f);
	for (size_t i = 0; i < sw->sweep->merged_count && found <= 0; i++) {
		found = store_get(&sw->merged[i].store, key, ANSWER_WHOLE, answer, f);
		if (found < 0)
			answer_broken(look, f);
		else if (found)
			merged_keep(look, i, key, answer);
	}
	return found > 0;
}

/* 1: found; 0: to be asked. */
static int point_find(const struct look *look, const struct point *point,
                      const struct answer_key *key, struct fault *f)
{
	struct column *column = look->column;
	struct answer answer;
	int found = answer_find(look, key, &answer, f);

	if (!found)
		return 0;
	if (!sweep_asks_nothing(look->sw->sweep))
		found = answer_take(look, point, &answer, f);
	if (found == 1) {
		column->times[point->row].sum_ns += answer.took_ns;
		column->times[point->row].count++;
	}
	answer_clear(&answer);
	return found;
}

static int point_look_up(const struct look *look, const struct planned *planned,
                         const struct point *point, struct fault *f)
{
	struct sweeping *sw = look->sw;
	struct column *column = look->column;
	size_t number = point_number(sw, column, point);
	struct job_times times = point_times(sw, column, point->phase);
	struct answer_key key;
	int found = answer_key_make(&column->vm, &planned->run, &times, &key, f);

	if (!found && !sw->sweep->again)
		found = point_find(look, point, &key, f);
	if (found == 1) {
		sw->result->counts.kept++;
		column->counts.kept++;
	}
	if (found == 1 && key.digest % 10000 < sw->sweep->verify && !sweep_asks_nothing(sw->sweep))
		point_want(column, &column->compared, number, point->row);
	if (!found || point_in(&column->compared, number))
		point_want(column, &column->wanted, number, point->row);
	answer_key_clear(&key);
	return found < 0 ? found : 0;
}

static int point_look(void *arg, const struct planned *planned, const struct point *point,
                      struct fault *f)
{
	const struct look *look = arg;
	struct sweeping *sw = look->sw;
	const struct sweep *sweep = sw->sweep;
	size_t number = point_number(sw, look->column, point), all = look->column->first + number;

	if (sweep->to && (all < sweep->from || all >= sweep->to))
		return 0;
	if (sweep->shards && number % sweep->shards != sweep->shard)
		return 0;
	sw->result->counts.all++;
	if (look->column->host) {
		point_want(look->column, &look->column->wanted, number, point->row);
		return 0;
	}
	if (planned->skip)
		return sweep_asks_nothing(sweep) ? 0 : point_skip(look, planned, point, f);
	return point_look_up(look, planned, point, f);
}

#define LOOK_PROGRESS_NS (200 * NS_PER_MS)

int column_look(struct sweeping *sw, struct column *column, struct fault *f)
{
	struct combo_range combos = combos_asked(sw, column);
	struct look look = {.sw = sw, .column = column};
	int64_t said_ns = clock_mono_ns();
	int err = 0;

	for (size_t combo = combos.from; combo < combos.to && !err; combo++) {
		err = combo_each(sw, column, combo, point_look, &look, f);
		if (!err)
			err = interrupt_check(f);
		if (clock_mono_ns() - said_ns > LOOK_PROGRESS_NS) {
			said_ns = clock_mono_ns();
			sweep_progress(sw, NULL);
		}
	}
	sw->result->counts.left += column->left;
	return err;
}

/* ---- what others have answered meanwhile */

static void point_unwant(struct sweeping *sw, struct column *column, const struct point *point)
{
	size_t number = point_number(sw, column, point);

	column->wanted.bits[number / 64] &= ~((uint64_t)1 << number % 64);
	column->times[point->row].left--;
	column->left--;
	sw->result->counts.left--;
	sw->result->counts.asked++;
}

static int point_collect(void *arg, const struct planned *planned, const struct point *point,
                         struct fault *f)
{
	const struct look *look = arg;
	struct column *column = look->column;
	size_t number = point_number(look->sw, column, point), all = column->first + number;
	struct job_times times = point_times(look->sw, column, point->phase);
	struct answer_key key;
	int found;

	if (all < look->from || all >= look->to || !point_in(&column->wanted, number))
		return 0;
	found = answer_key_make(&column->vm, &planned->run, &times, &key, f);
	if (!found)
		found = point_find(look, point, &key, f);
	if (found == 1)
		point_unwant(look->sw, column, point);
	answer_key_clear(&key);
	return found < 0 ? found : 0;
}

int points_collect(struct sweeping *sw, size_t from, size_t to, struct fault *f)
{
	int err = 0;

	for (size_t i = 0; i < sw->sweep->kernel_count && !err; i++) {
		struct column *column = &sw->columns[i];
		struct combo_range combos = combos_between(sw, column, from, to);
		struct look look = {.sw = sw, .column = column, .from = from, .to = to};
		char guest[GUEST_NAME];

		if (!column->left || combos.from == combos.to)
			continue;
		guest_name(&column->vm, guest);
		store_renew(&sw->store, guest);
		for (size_t combo = combos.from; combo < combos.to && !err; combo++)
			err = combo_each(sw, column, combo, point_collect, &look, f);
	}
	return err;
}
