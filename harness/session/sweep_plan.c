// SPDX-License-Identifier: GPL-2.0-or-later
#include "sweep_plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/file.h"
#include "../record/schema.h"
#include "../report/text.h"
#include "../vm/cache.h"
#include "../vm/initrd.h"
#include "chunk.h"

#define PLAN_FORMAT "finwait-plan/1"
#define PLAN_SIZE_MOST (64 << 20)
#define WORDS_MOST 10000
#define KERNELS_MOST 1000
#define AXES_MOST 1000

/* All that is no list. */
struct plan_head {
	enum form form;
	bool ipv4, ipv6;
	uint32_t phases, time_limit_s;
	uint64_t seed, points;
	int slack_ms;
};

struct plan_stamp {
	const char *format;
	uint64_t program;
};

#define IN_STAMP(member) FIELD_AT(struct plan_stamp, member)
#define IN_HEAD(member) FIELD_AT(struct plan_head, member)

static const char *const form_names[] = {
	[FORM_USUAL] = "usual",
	[FORM_QUICK] = "quick",
	[FORM_FAITHFUL] = "faithful",
};
static const struct words form_words = {form_names, sizeof(form_names) / sizeof(form_names[0])};
static const struct type type_form = TYPE_WORD(form_words);
static const struct type type_phases = TYPE_NUMBER(0, 1000, 0);
static const struct type type_number = TYPE_NUMBER(0, 1000000, 0);
static const struct type type_slack = TYPE_NUMBER(0, 10000, 0);
static const struct type type_points = TYPE_NUMBER(1, (int64_t)SWEEP_POINTS_MOST *KERNELS_MOST, 0);

static const struct field stamp_fields[] = {
	{"format", &type_text, IN_STAMP(format), FIELD_NEEDED, PLAN_FORMAT},
	{"program", &type_hex, IN_STAMP(program), FIELD_NEEDED, "a digest of who wrote it"},
	{0},
};

static const struct field head_fields[] = {
	{"form", &type_form, IN_HEAD(form), FIELD_NEEDED, "--quick, --faithful"},
	{"ipv4", &type_bool, IN_HEAD(ipv4), FIELD_NEEDED, "-4"},
	{"ipv6", &type_bool, IN_HEAD(ipv6), FIELD_NEEDED, "-6"},
	{"phases", &type_phases, IN_HEAD(phases), FIELD_NEEDED, "--phases; 0: one"},
	{"seed", &type_number, IN_HEAD(seed), FIELD_NEEDED, "--seed"},
	{"time_limit_s", &type_number, IN_HEAD(time_limit_s), FIELD_NEEDED, "--time-limit"},
	{"slack_ms", &type_slack, IN_HEAD(slack_ms), FIELD_NEEDED, "FINWAIT_SLACK_MS"},
	{"points", &type_points, IN_HEAD(points), FIELD_NEEDED, "of all kernels"},
	{0},
};

int sweep_program(uint64_t *program, struct fault *f)
{
	*program = DIGEST_START;
	return program_digest(program, f);
}

/* ---- writing */

/* Not mended as in a record: what a setting is must not be changed. */
static void texts_put(struct json_out *out, const char *key, const char *const *texts, size_t count)
{
	json_open_list(out, key);
	for (size_t i = 0; i < count; i++)
		json_put_exact(out, NULL, texts[i]);
	json_close_list(out);
}

static void axes_put(struct json_out *out, const struct sweep *sweep)
{
	json_open_list(out, "axes");
	for (size_t i = 0; i < sweep->axis_count; i++) {
		const struct sweep_axis *axis = &sweep->axes[i];

		json_open_object(out, NULL);
		json_put_exact(out, axis->is_param ? "param" : "set", axis->name);
		texts_put(out, "values", axis->values, axis->count);
		json_close_object(out);
	}
	json_close_list(out);
}

static void ends_put(struct json_out *out, const size_t *ends, size_t chunks)
{
	json_open_list(out, "ends");
	for (size_t i = 0; i < chunks; i++)
		json_put_int(out, NULL, (int64_t)ends[i]);
	json_close_list(out);
}

/* NULL: no memory, or what is no UTF-8. */
static char *plan_line(const struct sweep *sweep, const size_t *ends, size_t chunks)
{
	const struct request *request = &sweep->request;
	const struct plan_stamp stamp = {PLAN_FORMAT, sweep->stamp.program};
	const struct plan_head head = {
		.form = request->form,
		.ipv4 = request->families[FAMILY_IPV4],
		.ipv6 = request->families[FAMILY_IPV6],
		.phases = request->phase_count,
		.time_limit_s = request->time_limit_s,
		.seed = request->seed,
		.points = sweep->stamp.points,
		.slack_ms = request->slack_ms,
	};
	struct json_out out = json_out_new();

	fields_put(&out, stamp_fields, &stamp);
	fields_put(&out, head_fields, &head);
	texts_put(&out, "probes", sweep->words, sweep->word_count);
	texts_put(&out, "kernels", sweep->kernels, sweep->kernel_count);
	texts_put(&out, "guests", sweep->stamp.guests, sweep->kernel_count);
	axes_put(&out, sweep);
	json_put_int(&out, "chunks", (int64_t)chunks);
	ends_put(&out, ends, chunks);
	return json_out_line(&out);
}

int sweep_plan_write(const char *path, const struct sweep *sweep, const size_t *ends, size_t chunks,
                     struct fault *f)
{
	char *line = plan_line(sweep, ends, chunks);
	int fd, err;

	if (!line)
		return fault_refuse(f, EINVAL,
		                    "no plan can be made of words that are not in UTF-8");
	fd = file_create_at(path, f);
	err = fd < 0 ? fd : write_all(fd, line, strlen(line));
	if (!err)
		err = write_all(fd, "\n", 1);
	if (fd >= 0 && close(fd) < 0 && !err)
		err = -errno;
	free(line);
	return err && fd >= 0 ? fault_set(f, -err, "write the plan %s", path_end(path)) : err;
}

/* ---- reading */

/* Not empty, and it can be shown on a terminal, wherever it may come to be. */
static bool word_is_fit(const char *word)
{
	size_t i = 0;

	while ((unsigned char)word[i] >= ' ' && word[i] != '\x7f')
		i++;
	return i && !word[i];
}

/* Texts, none of them empty, as @plan's own. */
static const char *const *texts_take(struct json_in *in, const char *key, size_t most,
                                     size_t *count)
{
	const json_t *list = json_field(in, key), *item;
	const char **texts;
	size_t i;

	*count = 0;
	if (!json_is_array(list) || json_array_size(list) > most)
		json_fail(in, "\"%s\" is no list of at most %zu", key, most);
	texts = in->failed ? NULL
	                   : arena_take(in->texts, (json_array_size(list) + 1) * sizeof(*texts));
	if (!texts) {
		json_fail(in, "out of memory");
		return NULL;
	}
	json_array_foreach(list, i, item)
	{
		if (!json_is_string(item) || !word_is_fit(json_string_value(item)))
			json_fail(in, "\"%s\" has something that is no word", key);
		texts[i] = in->failed ? "" : json_keep_text(in, json_string_value(item));
	}
	*count = json_array_size(list);
	return texts;
}

static void axis_take(struct json_in *in, struct sweep_axis *axis)
{
	const char *name;

	axis->is_param = json_field(in, "param") != NULL;
	name = json_take_text(in, axis->is_param ? "param" : "set");
	if (!word_is_fit(name))
		json_fail(in, "an axis has no name");
	axis->name = json_keep_text(in, name);
	axis->values = texts_take(in, "values", VALUES_MOST, &axis->count);
	if (!axis->count)
		json_fail(in, "an axis has no values");
}

static void axes_take(struct json_in *in, struct sweep *sweep)
{
	const json_t *list = json_field(in, "axes"), *item;
	struct sweep_axis *axes;
	double combos = 1;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > AXES_MOST)
		json_fail(in, "\"axes\" is no list of at most %d", AXES_MOST);
	axes = in->failed ? NULL
	                  : arena_take(in->texts, (json_array_size(list) + 1) * sizeof(*axes));
	if (!axes) {
		json_fail(in, "out of memory");
		return;
	}
	json_array_foreach(list, i, item)
	{
		struct json_in inner = json_in_of(in, "axes", item);

		axis_take(&inner, &axes[i]);
		in->failed |= inner.failed;
		combos *= (double)axes[i].count;
	}
	if (combos > SWEEP_POINTS_MOST)
		json_fail(in, "%.0f combinations are more than %d", combos, SWEEP_POINTS_MOST);
	sweep->axes = axes;
	sweep->axis_count = json_array_size(list);
}

static void ends_take(struct json_in *in, struct sweep_plan *plan)
{
	const json_t *list = json_field(in, "ends"), *item;
	size_t *ends, i, count = json_array_size(list);

	if (!json_is_array(list) || count > SWEEP_POINTS_MOST)
		json_fail(in, "\"ends\" is no list");
	ends = in->failed ? NULL : arena_take(in->texts, (count + 1) * sizeof(*ends));
	if (!ends) {
		json_fail(in, "out of memory");
		return;
	}
	json_array_foreach(list, i, item)
	{
		json_int_t end = json_integer_value(item); /* 0 of what is none */

		ends[i] = end > 0 ? (size_t)end : 0;
	}
	if (!chunks_are_whole(ends, count, plan->sweep.stamp.points))
		json_fail(in, "\"ends\" are not the ends of chunks");
	plan->ends = ends;
	plan->chunks = count;
}

static void head_take(struct json_in *in, struct sweep *sweep)
{
	struct request *request = &sweep->request;
	struct plan_head head = {0};

	fields_take(in, head_fields, &head);
	request->form = head.form;
	request->families[FAMILY_IPV4] = head.ipv4;
	request->families[FAMILY_IPV6] = head.ipv6;
	request->phase_count = head.phases;
	request->time_limit_s = head.time_limit_s;
	request->seed = head.seed;
	request->slack_ms = head.slack_ms;
	sweep->stamp.points = head.points;
}

static void plan_take(struct json_in *in, struct sweep_plan *plan)
{
	struct sweep *sweep = &plan->sweep;
	size_t guests;

	head_take(in, sweep);
	sweep->words = texts_take(in, "probes", WORDS_MOST, &sweep->word_count);
	sweep->kernels = texts_take(in, "kernels", KERNELS_MOST, &sweep->kernel_count);
	sweep->stamp.guests = texts_take(in, "guests", KERNELS_MOST, &guests);
	if (!guests || guests != sweep->kernel_count)
		json_fail(in, "it has not a guest for each kernel");
	axes_take(in, sweep);
	ends_take(in, plan);
}

static int plan_refuse(const char *path, const char *why, struct fault *f)
{
	char line[JSON_WHY_SIZE];

	(void)text_fold(&why, 0, line, sizeof(line));
	return fault_refuse(f, EINVAL, "%.100s is no plan of a sweep: %s", path_end(path), line);
}

static int plan_read(const json_t *json, uint64_t program, struct sweep_plan *plan,
                     const char *path, struct fault *f)
{
	char why[JSON_WHY_SIZE] = "it is no object";
	struct json_in in = {
		.object = json, .why = why, .why_size = sizeof(why), .texts = &plan->texts};
	struct plan_stamp stamp = {0};

	in.failed = !json_is_object(json);
	fields_take(&in, stamp_fields, &stamp);
	if (!in.failed && strcmp(stamp.format, PLAN_FORMAT) != 0)
		json_fail(&in, "it is not of the format " PLAN_FORMAT);
	if (!in.failed && stamp.program != program)
		return fault_refuse(f, ESTALE,
		                    "%s was written by another build of finwait: write it anew",
		                    path_end(path));
	plan->sweep.stamp.program = program;
	plan_take(&in, plan);
	return in.failed ? plan_refuse(path, why, f) : 0;
}

static json_t *plan_load(FILE *file, const char *path, struct fault *f)
{
	json_error_t why;
	struct stat st;
	json_t *json;

	if (fstat(fileno(file), &st) < 0 || st.st_size > PLAN_SIZE_MOST) {
		(void)plan_refuse(path, "it is too large", f);
		return NULL;
	}
	json = json_loadf(file, 0, &why);
	if (!json)
		(void)plan_refuse(path, why.text, f);
	return json;
}

int sweep_plan_read(const char *path, uint64_t program, struct sweep_plan *plan, struct fault *f)
{
	FILE *file = file_open_regular(path, f);
	json_t *json;
	int err;

	*plan = (struct sweep_plan){0};
	if (!file)
		return -f->err;
	json = plan_load(file, path, f);
	fclose(file);
	if (!json)
		return -f->err;
	err = plan_read(json, program, plan, path, f);
	json_decref(json);
	return err;
}

void sweep_plan_free(struct sweep_plan *plan)
{
	arena_clear(&plan->texts);
	*plan = (struct sweep_plan){0};
}

bool sweep_plan_chunk(struct sweep_plan *plan, size_t chunk)
{
	if (chunk >= plan->chunks)
		return false;
	plan->sweep.from = chunk ? plan->ends[chunk - 1] : 0;
	plan->sweep.to = plan->ends[chunk];
	return true;
}
