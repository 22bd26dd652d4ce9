// SPDX-License-Identifier: GPL-2.0-or-later
#include "sweep_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/array.h"
#include "../base/slack.h"
#include "../session/collect.h"
#include "cli.h"
#include "format.h"
#include "request_options.h"

#define SHARDS_MOST 100000

static int no_memory(void)
{
	return cli_say(EXIT_NOT_RUN, "out of memory");
}

/* ---- axes ---- */

static int axis_refuse(const char *option, const struct fault *fault)
{
	char line[512];

	fault_text(fault, line, sizeof(line));
	return cli_say(fault->err == ENOMEM ? EXIT_NOT_RUN : EXIT_USAGE, "%s: %s", option, line);
}

/* Room for one more, cleared. */
static int axis_make(struct sweep_options *options)
{
	size_t count = options->sweep.axis_count;
	struct sweep_axis *axes =
		array_reserve(options->axes, &options->axis_space, count + 1, sizeof(*axes));
	struct value_list *lists;

	if (!axes)
		return no_memory();
	options->axes = axes;
	lists = array_reserve(options->lists, &options->list_space, count + 1, sizeof(*lists));
	if (!lists)
		return no_memory();
	options->lists = lists;
	axes[count] = (struct sweep_axis){0};
	lists[count] = (struct value_list){0};
	options->sweep.axis_count++;
	return 0;
}

static int axis_is_new(const struct sweep_options *options, const char *option, const char *text,
                       size_t length, bool is_param)
{
	for (size_t i = 0; i < options->sweep.axis_count; i++) {
		const struct sweep_axis *axis = &options->axes[i];

		if (axis->is_param == is_param && strlen(axis->name) == length &&
		    !strncmp(axis->name, text, length))
			return cli_say(EXIT_USAGE,
			               "%s %s is given twice: its values go into one list", option,
			               axis->name);
	}
	return 0;
}

static int take_axis(struct sweep_options *options, const char *option, const char *text,
                     bool is_param)
{
	const char *equals = strchr(text, '=');
	struct sweep_axis *axis;
	struct value_list *list;
	struct fault fault;
	int code;

	if (!equals || equals == text || !equals[1])
		return cli_say(EXIT_USAGE, "%s wants NAME=LIST, not '%s'", option, text);
	code = axis_is_new(options, option, text, (size_t)(equals - text), is_param);
	if (!code)
		code = axis_make(options);
	if (code)
		return code;
	axis = &options->axes[options->sweep.axis_count - 1];
	list = &options->lists[options->sweep.axis_count - 1];
	axis->is_param = is_param;
	axis->name = strndup(text, (size_t)(equals - text));
	if (!axis->name)
		return no_memory();
	if (value_list_parse(equals + 1, list, &fault) < 0)
		return axis_refuse(option, &fault);
	return 0;
}

/* ---- the rest ---- */

static int take_kernels(struct sweep_options *options, const char *text)
{
	while (true) {
		size_t length = strcspn(text, ","), count = options->sweep.kernel_count;
		char **kernels = array_reserve(options->kernels, &options->kernel_space, count + 1,
		                               sizeof(*kernels));

		if (!length)
			return cli_say(EXIT_USAGE, "a kernel without a name in '%s'", text);
		for (size_t i = 0; i < count; i++)
			if (strlen(options->kernels[i]) == length &&
			    !strncmp(options->kernels[i], text, length))
				return cli_say(EXIT_USAGE, "'%.*s' is named twice", (int)length,
				               text);
		if (!kernels)
			return no_memory();
		options->kernels = kernels;
		kernels[count] = strndup(text, length);
		if (!kernels[count])
			return no_memory();
		options->sweep.kernel_count++;
		if (!text[length])
			return 0;
		text += length + 1;
	}
}

static int take_verify(struct sweep_options *options, const char *text)
{
	char *end;
	double percent = strtod(text, &end);

	if (*end == '%')
		end++;
	if (end == text || *end || !(percent > 0 && percent <= 100))
		return cli_say(EXIT_USAGE, "--verify wants a percentage above 0, not '%s'", text);
	options->sweep.verify = percent < 0.01 ? 1 : (unsigned int)(percent * 100);
	return 0;
}

/* The number that a scheduler gives to each of several like tasks. */
static const char *task_number(void)
{
	const char *slurm = getenv("SLURM_ARRAY_TASK_ID");

	return slurm ? slurm : getenv("JOB_COMPLETION_INDEX");
}

static int take_shard(struct sweep_options *options, const char *text)
{
	const char *slash = strchr(text, '/'), *number = text;
	bool automatic = !strncmp(text, "auto/", 5);
	long shard, shards;
	char *end, *all_end;

	if (automatic)
		number = task_number();
	if (!number)
		return cli_say(EXIT_USAGE, "--shard auto: neither SLURM_ARRAY_TASK_ID nor"
		                           " JOB_COMPLETION_INDEX is set");
	shard = strtol(number, &end, 10);
	shards = slash ? strtol(slash + 1, &all_end, 10) : 0;
	if (!slash || end == number || (automatic ? *end != '\0' : end != slash) ||
	    all_end == slash + 1 || *all_end || shards < 1 || shards > SHARDS_MOST || shard < 0 ||
	    shard >= shards)
		return cli_say(EXIT_USAGE, "--shard wants I/N, I from 0 to N-1, not '%s'%s%s", text,
		               automatic ? " with I = " : "", automatic ? number : "");
	options->sweep.shard = (size_t)shard;
	options->sweep.shards = (size_t)shards;
	return 0;
}

static int take_chunk(struct sweep_options *options, const char *text)
{
	bool automatic = !strcmp(text, "auto");
	const char *number = automatic ? task_number() : text;
	char *end;

	if (!number)
		return cli_say(EXIT_USAGE, "--chunk auto: neither SLURM_ARRAY_TASK_ID nor"
		                           " JOB_COMPLETION_INDEX is set");
	errno = 0;
	options->chunk = strtoul(number, &end, 10);
	options->chunked = true;
	if (errno || *number < '0' || *number > '9' || *end)
		return cli_say(EXIT_USAGE, "--chunk wants a chunk's number, not '%s'", number);
	return 0;
}

static int take_chunks(struct sweep_options *options, const char *text)
{
	char *end;
	unsigned long chunks = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || chunks < 1 || chunks > SHARDS_MOST)
		return cli_say(EXIT_USAGE, "--chunks wants a number from 1 to %d, not '%s'",
		               SHARDS_MOST, text);
	options->sweep.chunks = chunks;
	return 0;
}

static int take_merge(struct sweep_options *options, const char *path)
{
	const char **merged = array_reserve(options->merged, &options->merged_space,
	                                    options->sweep.merged_count + 1, sizeof(*merged));

	if (!merged)
		return no_memory();
	options->merged = merged;
	merged[options->sweep.merged_count++] = path;
	return 0;
}

/* What stands for other machines, or comes from there; OPTION_NOT_TAKEN: it is none of that. */
static int machines_take(struct sweep_options *options, const struct option_row *row,
                         const char *value)
{
	if (row->id == OPTION_SHARD)
		return take_shard(options, value);
	if (row->id == OPTION_CHUNK)
		return take_chunk(options, value);
	if (row->id == OPTION_CHUNKS)
		return take_chunks(options, value);
	if (row->id == OPTION_MERGE)
		return take_merge(options, value);
	if (row->id == OPTION_PLAN_FILE)
		options->plan_file = value;
	else if (row->id == OPTION_SLURM)
		options->sweep.slurm = true;
	else if (row->id == OPTION_PARTITION)
		options->sweep.partition = value;
	else
		return OPTION_NOT_TAKEN;
	return 0;
}

/* Does it say what is to be asked? Else who asks, or what is printed. */
static bool option_asks(const struct option_row *row)
{
	static const enum option_id asking[] = {
		OPTION_SET,      OPTION_PARAM, OPTION_KERNEL, OPTION_QUICK,  OPTION_IPV4,
		OPTION_FAITHFUL, OPTION_IPV6,  OPTION_SEED,   OPTION_PHASES, OPTION_TIME_LIMIT};

	for (size_t i = 0; i < sizeof(asking) / sizeof(asking[0]); i++)
		if (row->id == asking[i])
			return true;
	return false;
}

static int option_take(void *arg, const struct option_row *row, const char *value)
{
	struct sweep_options *options = arg;
	int code = machines_take(options, row, value);

	if (code != OPTION_NOT_TAKEN)
		return code;
	options->asked |= option_asks(row);
	if (row->id == OPTION_SET || row->id == OPTION_PARAM)
		return take_axis(options, option_name(row), value, row->id == OPTION_PARAM);
	if (row->id == OPTION_KERNEL)
		return take_kernels(options, value);
	if (row->id == OPTION_VERIFY)
		return take_verify(options, value);
	if (row->id == OPTION_CSV)
		options->csv = value;
	else if (row->id == OPTION_HTML)
		options->html = value;
	else if (row->id == OPTION_OUT)
		options->sweep.out_dir = value;
	else if (row->id == OPTION_PLAN)
		options->sweep.plan_only = true;
	else if (row->id == OPTION_AGAIN)
		options->sweep.again = true;
	else
		return request_take(&options->sweep.request, row, value);
	return 0;
}

/* One machine is one thing at a time. */
static int roles_check(const struct sweep_options *options)
{
	const struct sweep *sweep = &options->sweep;
	const struct {
		const char *option;
		bool given;
	} roles[] = {
		{"--shard", sweep->shards > 0},
		{"--chunk", options->chunked},
		{"--slurm", sweep->slurm},
		{"--plan-file with what is to be asked", sweep->plan_path},
	};
	const char *first = NULL;

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (first && roles[i].given)
			return cli_say(EXIT_USAGE, "%s or %s, not both", first, roles[i].option);
		if (roles[i].given)
			first = roles[i].option;
	}
	return 0;
}

static int machines_check(const struct sweep_options *options)
{
	const struct sweep *sweep = &options->sweep;

	if (options->chunked && (!options->plan_file || options->asked))
		return cli_say(EXIT_USAGE, "--chunk goes with --plan-file FILE, and nothing else"
		                           " that is to be asked");
	if (sweep->chunks && !sweep->plan_path && !sweep->slurm)
		return cli_say(EXIT_USAGE, "--chunks goes with --slurm, or with --plan-file and"
		                           " what is to be asked");
	if (sweep->partition && !sweep->slurm)
		return cli_say(EXIT_USAGE, "--partition goes with --slurm");
	if ((sweep->again || sweep->verify) && (sweep->plan_path || sweep->slurm))
		return cli_say(EXIT_USAGE, "--again and --verify are for who asks: with --chunk,"
		                           " --shard, or on one machine");
	if (sweep->plan_path && (options->csv || options->html || sweep->out_dir))
		return cli_say(EXIT_USAGE, "--plan-file asks nothing: --csv, --html and --out are"
		                           " for who collects");
	if (sweep->plan_path && sweep->plan_only)
		return cli_say(EXIT_USAGE, "--plan or --plan-file, not both");
	return roles_check(options);
}

/* What goes with what, and how much it comes to. */
static int sweep_check(const struct sweep_options *options)
{
	const struct sweep *sweep = &options->sweep;
	double combos = 1;

	for (size_t i = 0; i < sweep->axis_count; i++)
		combos *= (double)options->lists[i].count;
	if (combos > SWEEP_POINTS_MOST)
		return cli_say(EXIT_USAGE, "%.0f combinations are more than %d", combos,
		               SWEEP_POINTS_MOST);
	if (options->html && !sweep->out_dir)
		return cli_say(EXIT_USAGE, "--html goes with --out DIR: a page is of records");
	if (sweep->again && sweep->verify)
		return cli_say(EXIT_USAGE, "--again or --verify, not both");
	if (cli_format() != FORMAT_TEXT && cli_format() != FORMAT_CSV && options->csv &&
	    !strcmp(options->csv, "-"))
		return cli_say(EXIT_USAGE, "%s and --csv - both want standard output",
		               cli_format() == FORMAT_JSONL ? "--json" : "--format");
	return machines_check(options);
}

/* The sweep that was read, asked and printed as it is said here. */
static int plan_take(struct sweep_options *options)
{
	struct sweep *sweep = &options->sweep, *read = &options->plan.sweep;
	struct fault fault;

	if (sweep_plan_read(options->plan_file, sweep->stamp.program, &options->plan, &fault) < 0)
		return cli_fault(EXIT_USAGE, &fault);
	if (options->chunked && !sweep_plan_chunk(&options->plan, options->chunk))
		return cli_say(EXIT_USAGE, "%s has no chunk %zu: there are %zu, counted from 0",
		               options->plan_file, options->chunk, options->plan.chunks);
	read->request.jobs = sweep->request.jobs;
	read->out_dir = sweep->out_dir;
	read->again = sweep->again;
	read->verify = sweep->verify;
	read->plan_only = sweep->plan_only;
	read->shard = sweep->shard;
	read->shards = sweep->shards;
	read->slurm = sweep->slurm;
	read->partition = sweep->partition;
	read->chunks = sweep->chunks;
	read->merged_count = sweep->merged_count;
	*sweep = *read;
	return 0;
}

/* The lists as they were typed. */
static void lists_take(struct sweep_options *options, const struct words *words)
{
	struct sweep *sweep = &options->sweep;

	for (size_t i = 0; i < sweep->axis_count; i++) {
		options->axes[i].values = (const char *const *)options->lists[i].items;
		options->axes[i].count = options->lists[i].count;
	}
	sweep->axes = options->axes;
	sweep->kernels = (const char *const *)options->kernels;
	sweep->words = words->items;
	sweep->word_count = words->count;
}

static int sweep_take(struct sweep_options *options, const struct words *words)
{
	struct sweep *sweep = &options->sweep;
	bool reads = options->plan_file && !options->asked && !words->count, host = false;
	struct fault fault;
	int code;

	options->asked |= words->count > 0;
	if (options->plan_file && !reads)
		sweep->plan_path = options->plan_file;
	if (!reads && !sweep->kernel_count && (code = take_kernels(options, TARGET_HOST)))
		return code;
	code = sweep_check(options);
	if (!code && (options->plan_file || sweep->slurm) &&
	    sweep_program(&sweep->stamp.program, &fault) < 0)
		code = cli_fault(EXIT_NOT_RUN, &fault);
	lists_take(options, words);
	for (size_t i = 0; i < sweep->kernel_count; i++)
		host |= !strcmp(options->kernels[i], TARGET_HOST);
	/* Every kernel is asked the same: the host has no time for the articles' conditions. */
	if (host && sweep->request.form == FORM_USUAL)
		sweep->request.form = FORM_QUICK;
	if (!code && reads)
		code = plan_take(options);
	sweep->merged = options->merged;
	return code;
}

int sweep_parse(struct sweep_options *options, int argc, char **argv)
{
	struct words words = {0};
	int code;

	*options = (struct sweep_options){.sweep = {.request = {.slack_ms = slack_ms()}}};
	code = options_parse(COMMAND_SWEEP, argc, argv, option_take, options, &words);
	return code ? code : sweep_take(options, &words);
}

void sweep_options_free(struct sweep_options *options)
{
	const struct sweep *sweep = &options->sweep;

	/* of a sweep that was read they are the plan's */
	for (size_t i = 0; i < sweep->axis_count && sweep->axes == options->axes; i++) {
		free((char *)options->axes[i].name);
		value_list_free(&options->lists[i]);
	}
	for (size_t i = 0; i < sweep->kernel_count && options->kernels; i++)
		free(options->kernels[i]);
	free(options->axes);
	free(options->lists);
	free(options->kernels);
	free(options->merged);
	sweep_plan_free(&options->plan);
	request_clear(&options->sweep.request);
}
