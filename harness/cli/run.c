// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#include "../record/json.h"
#include "../run/keep.h"
#include "../run/machine.h"
#include "../run/supervisor.h"

enum run_format { FORMAT_TABLE, FORMAT_JSON, FORMAT_TAP };

struct run_command {
	struct run_request request;
	enum run_format format;
	bool ladder, verbose;
	struct keep *keep;
	size_t tap_number;
	bool progress_shown;
};

static int request_setting(struct settings *set, const char *option, const char *text)
{
	const char *equals = strchr(text, '=');
	char name[120];

	if (!equals || equals == text || (size_t)(equals - text) >= sizeof(name) || !equals[1])
		return cli_say(EXIT_USAGE, "%s wants NAME=VALUE, not '%s'", option, text);
	snprintf(name, sizeof(name), "%.*s", (int)(equals - text), text);
	if (settings_put(set, name, equals + 1) < 0)
		return cli_say(EXIT_NOT_RUN, "out of memory");
	return 0;
}

static int request_host_check(const struct settings *sets)
{
	for (size_t i = 0; i < sets->count; i++) {
		const char *name = sets->items[i].name, *colon = strchr(name, ':');

		if (colon && strncmp(name, "client:", 7) != 0 && strncmp(name, "server:", 7) != 0)
			return cli_say(EXIT_USAGE, "--set %s: the host is 'client' or 'server'", name);
	}
	return 0;
}

static int request_number(const char *option, const char *text, unsigned int *number)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || !value || value > 1000000)
		return cli_say(EXIT_USAGE, "%s wants a number above 0, not '%s'", option, text);
	*number = (unsigned int)value;
	return 0;
}

static const struct option options[] = {
	{"set", required_argument, NULL, 's'},
	{"param", required_argument, NULL, 'p'},
	{"faithful", no_argument, NULL, 'f'},
	{"time-limit", required_argument, NULL, 't'},
	{"ladder", no_argument, NULL, 'l'},
	{"json", no_argument, NULL, 'J'},
	{"tap", no_argument, NULL, 'T'},
	{"out", required_argument, NULL, 'o'},
	{0},
};

static int option_take(struct run_command *cmd, int option, char **argv)
{
	switch (option) {
	case 's':
		return request_setting(&cmd->request.sets, "--set", optarg);
	case 'p':
		return request_setting(&cmd->request.params, "--param", optarg);
	case 'f':
		cmd->request.faithful = true;
		return 0;
	case 't':
		return request_number("--time-limit", optarg, &cmd->request.time_limit_s);
	case 'j':
		return request_number("-j", optarg, &cmd->request.jobs);
	case 'l':
		cmd->ladder = true;
		return 0;
	case 'J':
		cmd->format = FORMAT_JSON;
		return 0;
	case 'T':
		cmd->format = FORMAT_TAP;
		return 0;
	case 'o':
		cmd->request.out_dir = optarg;
		return 0;
	case 'v':
		cmd->verbose = true;
		return 0;
	case ':':
		return cli_say(EXIT_USAGE, "%s wants a value", argv[optind - 1]);
	}
	return cli_say(EXIT_USAGE, "run has no option '%s' ('finwait run --help')",
		       argv[optind - 1]);
}

static int run_parse(struct run_command *cmd, int argc, char **argv)
{
	int option, code;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":j:v", options, NULL)) != -1) {
		code = option_take(cmd, option, argv);
		if (code)
			return code;
	}
	cmd->request.patterns = (const char **)argv + optind;
	cmd->request.pattern_count = (size_t)(argc - optind);
	return request_host_check(&cmd->request.sets);
}

static void progress_clear(struct run_command *cmd)
{
	if (cmd->progress_shown)
		fputs("\r\033[K", stderr);
	cmd->progress_shown = false;
}

static void run_progress(const struct supervisor_hooks *hooks, size_t done, size_t total,
			 const char *running, int64_t elapsed_ns)
{
	struct run_command *cmd = hooks->arg;
	int width = (int)cli_style().width - 24;

	fprintf(stderr, "\r\033[K[%zu/%zu] %.1f s %.*s", done, total,
		(double)elapsed_ns / NS_PER_S, width > 0 ? width : 0, running);
	cmd->progress_shown = true;
}

static void run_line(const struct record *rec, const char *line, size_t length, void *arg)
{
	struct run_command *cmd = arg;

	/* What was not run leaves the record of an earlier run alone. */
	bool not_run = rec->outcome == OUTCOME_SKIPPED && !rec->elapsed_ns;

	if (cmd->keep && !not_run)
		keep_line(cmd->keep, rec->probe, line, length);
	if (cmd->format == FORMAT_JSON) {
		fwrite(line, 1, length, stdout);
		putchar('\n');
		fflush(stdout);
	}
}

static void run_finished(const struct record *rec, void *arg)
{
	struct run_command *cmd = arg;

	progress_clear(cmd);
	if (cmd->keep && rec->event_count)
		keep_probe_done(cmd->keep, rec->probe);
	if (cmd->format == FORMAT_TAP)
		ktap_print(rec, ++cmd->tap_number, stdout);
}

static int run_exit_code(struct record **records, size_t count, bool interrupted)
{
	unsigned int by[OUTCOME_COUNT] = {0};

	for (size_t i = 0; i < count; i++)
		if (records[i])
			by[records[i]->outcome]++;
	if (by[OUTCOME_MODEL_FAILED])
		return EXIT_MODEL_FAILED;
	if (interrupted || by[OUTCOME_ERROR] || by[OUTCOME_CRASHED] || by[OUTCOME_TIMED_OUT] ||
	    by[OUTCOME_INCONCLUSIVE])
		return EXIT_NOT_RUN;
	return by[OUTCOME_SKIPPED] == count ? EXIT_ALL_SKIPPED : EXIT_AS_PREDICTED;
}

static void run_print_summary(struct record **records, size_t count)
{
	unsigned int by[OUTCOME_COUNT] = {0};
	char *line;

	for (size_t i = 0; i < count; i++)
		if (records[i])
			by[records[i]->outcome]++;
	line = json_summary_line(by);
	if (line)
		puts(line);
	free(line);
}

static void run_print(struct run_command *cmd, struct record **records, size_t count)
{
	struct report_style style = cli_style();
	size_t started = 0;

	style.verbose = cmd->verbose;
	while (started < count && records[started])
		started++;
	if (cmd->format == FORMAT_JSON)
		run_print_summary(records, started);
	if (cmd->format != FORMAT_TABLE)
		return;
	table_print((const struct record *const *)records, started, registry_title, registry_claim,
		    &style, stdout);
	for (size_t i = 0; i < started && cmd->ladder; i++)
		if (records[i]->event_count) {
			putchar('\n');
			ladder_print(records[i], registry_title(records[i]->probe), &style, stdout);
		}
	printf("\nThe record is in %s/. Look closer: finwait ladder ID%s%s; finwait show ID\n",
	       cmd->request.out_dir, strcmp(cmd->request.out_dir, OUT_DIR_DEFAULT) ? " --out " : "",
	       strcmp(cmd->request.out_dir, OUT_DIR_DEFAULT) ? cmd->request.out_dir : "");
}

static int run_supervise(struct run_command *cmd, struct machine *machine, struct plan *plan,
			 struct record **records)
{
	struct supervisor_hooks hooks = {
		.line = run_line,
		.finished = run_finished,
		.progress = isatty(STDERR_FILENO) ? run_progress : NULL,
		.arg = cmd,
	};
	struct fault fault;
	int err, code;

	if (cmd->format == FORMAT_JSON) {
		char *line = json_run_line(&machine->info);

		if (line)
			puts(line);
		free(line);
	}
	if (cmd->format == FORMAT_TAP)
		ktap_print_header(plan->count, stdout);
	err = supervisor_run(plan, cmd->request.jobs, cmd->request.time_limit_s, machine->trace,
			     machine->trace_absent, &hooks, records, &fault);
	progress_clear(cmd);
	code = run_exit_code(records, plan->count, err == -EINTR);
	run_print(cmd, records, plan->count);
	if (err == -EINTR)
		return cli_say(EXIT_NOT_RUN, "interrupted; what was recorded until then is in %s/",
			       cmd->request.out_dir);
	return err ? cli_fault(EXIT_NOT_RUN, &fault) : code;
}

static int run_planned(struct run_command *cmd, struct machine *machine, struct plan *plan)
{
	struct record **records = calloc(plan->count + 1, sizeof(*records));
	struct fault fault;
	int code;

	if (!records)
		return cli_say(EXIT_NOT_RUN, "out of memory");
	cmd->keep = keep_open(cmd->request.out_dir, &machine->info, &fault);
	if (!cmd->keep) {
		free(records);
		return cli_fault(EXIT_NOT_RUN, &fault);
	}
	code = run_supervise(cmd, machine, plan, records);
	for (size_t i = 0; i < plan->count; i++)
		record_free(records[i]);
	free(records);
	if (keep_close(cmd->keep, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	return code;
}

/* A request that cannot be. Of the commonest mistakes the words say all; errno adds nothing. */
static int run_refuse(const struct fault *fault)
{
	switch (fault->err) {
	case ENOENT:
	case EINVAL:
	case ERANGE:
		return cli_say(EXIT_USAGE, "%s", fault->what);
	case ENOMEM:
		return cli_fault(EXIT_NOT_RUN, fault);
	}
	return cli_fault(EXIT_USAGE, fault);
}

static int run_on(struct run_command *cmd, struct machine *machine)
{
	const struct machine_feature *lacking = machine_lacks(machine);
	struct fault fault;
	struct plan plan;
	int code;

	if (lacking)
		return cli_say(EXIT_NOT_RUN, "no probe can run here: %s: %s%s%s", lacking->name,
			       lacking->why, lacking->help[0] ? "; helps: " : "", lacking->help);
	if (plan_make(&cmd->request, &machine->info, &plan, &fault) < 0)
		return run_refuse(&fault);
	if (plan_check_sysctls(&plan, !machine->root, &fault) < 0)
		code = cmd->request.sets.count ? run_refuse(&fault) :
						 cli_fault(EXIT_NOT_RUN, &fault);
	else
		code = run_planned(cmd, machine, &plan);
	plan_free(&plan);
	return code;
}

int command_run(int argc, char **argv)
{
	struct run_command cmd = {.request.out_dir = OUT_DIR_DEFAULT};
	struct machine machine;
	struct fault fault;
	struct plan plan;
	unsigned int slots;
	int code = run_parse(&cmd, argc, argv);

	if (code)
		return code;
	/* Mistakes in the request come before anything is tried out. */
	if (plan_make(&cmd.request, &(struct run_info){0}, &plan, &fault) < 0)
		return run_refuse(&fault);
	slots = cmd.request.jobs && cmd.request.jobs < plan.count ? cmd.request.jobs :
								     (unsigned int)plan.count;
	plan_free(&plan);
	if (machine_find(&machine, slots, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	code = run_on(&cmd, &machine);
	machine_release(&machine);
	settings_clear(&cmd.request.sets);
	settings_clear(&cmd.request.params);
	return code;
}
