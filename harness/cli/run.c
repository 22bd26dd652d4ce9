// SPDX-License-Identifier: GPL-2.0-or-later
#include "run_command.h"

#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "../record/json.h"
#include "../run/machine.h"

/*
 * The wheel rounds a timer up to the grain of its level, 8^n jiffies: the fourth, for
 * timers up to 17 minutes at 250 Hz, has one of 16.384 s. The golden ratio's
 * multiples spread any number of phases evenly over it.
 */
#define PHASE_SPAN_NS 16384000000LL
#define GOLDEN_RATIO 0.6180339887498949

/* How long phase @index waits before the probe begins; 0 for the first. */
static int64_t phase_delay_ns(unsigned int index)
{
	double turns = index * GOLDEN_RATIO;

	return (int64_t)((turns - (double)(int64_t)turns) * PHASE_SPAN_NS);
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

	fprintf(stderr, "\r\033[K[%zu/%zu] %.1f s %.*s", done, total, (double)elapsed_ns / NS_PER_S,
	        width > 0 ? width : 0, running);
	cmd->progress_shown = true;
}

/*
 * Guests side by side end in any order. Where every run is to be the same to the byte,
 * what is printed waits for all of them and goes by the plan's order.
 */
static bool run_prints_in_order(const struct run_command *cmd)
{
	return cmd->in_guest && !cmd->clock_real;
}

static void json_put(char *line)
{
	if (line)
		puts(line);
	free(line);
}

static void run_print_json(const struct record *rec)
{
	if (rec->event_count)
		json_put(json_probe_line(rec));
	for (size_t i = 0; i < rec->event_count; i++)
		json_put(json_event_line(rec->probe, &rec->events[i]));
	json_put(json_result_line(rec));
}

/* What was not run leaves the record of an earlier run alone. */
static bool is_kept(const struct record *rec)
{
	return rec->outcome != OUTCOME_SKIPPED || rec->elapsed_ns;
}

static void run_line(const struct record *rec, const char *line, size_t length, void *arg)
{
	struct run_command *cmd = arg;

	if (cmd->keep && is_kept(rec))
		keep_line(cmd->keep, rec->probe, line, length);
	if (cmd->format == FORMAT_JSON && !run_prints_in_order(cmd)) {
		fwrite(line, 1, length, stdout);
		putchar('\n');
		fflush(stdout);
	}
}

static void run_finished(const struct record *rec, void *arg)
{
	struct run_command *cmd = arg;

	progress_clear(cmd);
	/* with phases there are lines to come */
	if (cmd->keep && rec->event_count && !cmd->phase_count)
		keep_probe_done(cmd->keep, rec->probe);
	if (cmd->format == FORMAT_TAP && !run_prints_in_order(cmd))
		ktap_print(rec, NULL, ++cmd->tap_number, stdout);
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

static void run_print_summary(const struct run_command *cmd, struct record **records, size_t count)
{
	unsigned int by[OUTCOME_COUNT] = {0};

	for (size_t i = 0; i < cmd->phases.probe_count; i++) {
		const struct probe_phases *probe = &cmd->phases.probes[i];

		for (size_t j = 0; j < probe->count; j++)
			json_put(json_phases_line(probe->probe, cmd->phases.count,
			                          &probe->spreads[j]));
	}
	for (size_t i = 0; i < count; i++)
		if (records[i])
			by[records[i]->outcome]++;
	json_put(json_summary_line(by));
}

static void run_print_table(const struct run_command *cmd, struct record **records, size_t count)
{
	struct report_style style = cli_style();
	bool elsewhere = strcmp(cmd->request.out_dir, OUT_DIR_DEFAULT) != 0;

	style.verbose = cmd->verbose;
	table_print((const struct record *const *)records, count, registry_title, registry_claim,
	            &style, stdout);
	phases_print(&cmd->phases, &style, stdout);
	for (size_t i = 0; i < count && cmd->ladder; i++)
		if (records[i]->event_count) {
			putchar('\n');
			ladder_print(records[i], registry_title(records[i]->probe), &style, stdout);
		}
	printf("\nThe record is in %s/. Look closer: finwait ladder ID%s%s; finwait show ID\n",
	       cmd->request.out_dir, elsewhere ? " --out " : "",
	       elsewhere ? cmd->request.out_dir : "");
}

static void run_print(struct run_command *cmd, struct record **records, size_t count)
{
	const struct phases *phases = cmd->phase_count ? &cmd->phases : NULL;
	size_t started = 0;

	while (started < count && records[started])
		started++;
	for (size_t i = 0; i < started && run_prints_in_order(cmd); i++)
		if (cmd->format == FORMAT_JSON)
			run_print_json(records[i]);
		else if (cmd->format == FORMAT_TAP)
			ktap_print(records[i], phases, i + 1, stdout);
	if (cmd->format == FORMAT_JSON)
		run_print_summary(cmd, records, started);
	if (cmd->format == FORMAT_TABLE)
		run_print_table(cmd, records, started);
}

/* Each place at a time stays on a processor of its own: QEMU wakes up often. */
static int cpu_of_place(unsigned int place)
{
	cpu_set_t cpus;
	unsigned int left;

	if (sched_getaffinity(0, sizeof(cpus), &cpus) < 0 || !CPU_COUNT(&cpus))
		return -1;
	left = place % (unsigned int)CPU_COUNT(&cpus);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET((size_t)cpu, &cpus) && !left--)
			return cpu;
	return -1;
}

static void run_in_guest(const struct run_plan *plan, unsigned int place, int out_fd, void *arg)
{
	const struct run_command *cmd = arg;

	vm_child(plan, &cmd->vm, &cmd->times, cpu_of_place(place), out_fd);
}

void records_free(struct record **records, size_t count)
{
	for (size_t i = 0; i < count; i++)
		record_free(records[i]);
	free(records);
}

static void run_hand_over(struct run_command *cmd, struct record **records, size_t count,
                          bool interrupted)
{
	if (cmd->result) {
		*cmd->result = (struct run_result){
			.records = records,
			.count = count,
			.phases = cmd->phases,
			.interrupted = interrupted,
		};
		return;
	}
	run_print(cmd, records, count);
	records_free(records, count);
	phases_free(&cmd->phases);
}

/* All of @plan, once; true: interrupted. @code becomes what it came to. */
static bool run_supervise(struct run_command *cmd, const struct machine *machine, struct plan *plan,
                          struct record **records, int *code)
{
	struct supervisor_hooks hooks = {
		/* the record that is kept is that of the first phase */
		.line = cmd->phases.count ? NULL : run_line,
		.finished = run_finished,
		.progress = isatty(STDERR_FILENO) ? run_progress : NULL,
		.child = cmd->in_guest ? run_in_guest : NULL,
		.arg = cmd,
	};
	struct fault fault;
	int err = supervisor_run(plan, cmd->request.jobs, cmd->request.time_limit_s, machine->trace,
	                         machine->trace_absent, &hooks, records, &fault);

	progress_clear(cmd);
	*code = run_exit_code(records, plan->count, err == -EINTR);
	if (err && err != -EINTR)
		*code = cli_fault(EXIT_NOT_RUN, &fault);
	return err == -EINTR;
}

/* The phases after the first, which came to @first and @code. */
static bool run_phases(struct run_command *cmd, const struct machine *machine, struct plan *plan,
                       struct record **first, int *code)
{
	int err = phases_add(&cmd->phases, first, plan->count);
	bool interrupted = false;

	for (unsigned int i = 1; i < cmd->phase_count && !err && !interrupted; i++) {
		struct record **records = calloc(plan->count + 1, sizeof(*records));
		int one = EXIT_NOT_RUN;

		if (!records) {
			err = -ENOMEM;
			break;
		}
		cmd->times.phase_ns = phase_delay_ns(i);
		interrupted = run_supervise(cmd, machine, plan, records, &one);
		if (!interrupted)
			err = phases_add(&cmd->phases, records, plan->count);
		if (one && *code != EXIT_MODEL_FAILED)
			*code = one;
		records_free(records, plan->count);
	}
	if (err)
		*code = cli_say(EXIT_NOT_RUN, "out of memory");
	return interrupted;
}

static void run_keep_phases(struct run_command *cmd, struct record **records, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct probe_phases *probe =
			records[i] && is_kept(records[i])
				? phases_find(&cmd->phases, records[i]->probe)
				: NULL;

		for (size_t j = 0; probe && j < probe->count; j++) {
			char *line = json_phases_line(probe->probe, cmd->phases.count,
			                              &probe->spreads[j]);

			if (line)
				keep_line(cmd->keep, probe->probe, line, strlen(line));
			free(line);
		}
	}
}

/* The settings stay the machine's and the request's. */
static struct run_info run_info_of(const struct run_command *cmd, const struct machine *machine)
{
	struct run_info info = machine->info;

	info.asked = (struct run_asked){
		.sets = cmd->request.sets,
		.params = cmd->request.params,
		.seed = cmd->times.seed,
	};
	return info;
}

static int run_planned(struct run_command *cmd, struct machine *machine, struct plan *plan)
{
	struct record **records = calloc(plan->count + 1, sizeof(*records));
	struct run_info info = run_info_of(cmd, machine);
	struct fault fault;
	bool interrupted;
	int code;

	if (!records)
		return cli_say(EXIT_NOT_RUN, "out of memory");
	cmd->keep = keep_open(cmd->request.out_dir, &info, &fault);
	if (!cmd->keep) {
		free(records);
		return cli_fault(EXIT_NOT_RUN, &fault);
	}
	if (cmd->format == FORMAT_JSON)
		json_put(json_run_line(&info));
	if (cmd->format == FORMAT_TAP)
		ktap_print_header(plan->count, stdout);
	interrupted = run_supervise(cmd, machine, plan, records, &code);
	if (cmd->phase_count && !interrupted) {
		interrupted = run_phases(cmd, machine, plan, records, &code);
		run_keep_phases(cmd, records, plan->count);
	}
	if (keep_close(cmd->keep, &fault) < 0)
		code = cli_fault(EXIT_NOT_RUN, &fault);
	run_hand_over(cmd, records, plan->count, interrupted);
	return interrupted ? cli_say(EXIT_NOT_RUN,
	                             "interrupted; what was recorded until then is in %s/",
	                             cmd->request.out_dir)
	                   : code;
}

/* A request that cannot be. Of the commonest mistakes the words say all; errno adds nothing. */
static int run_refuse(const struct fault *fault)
{
	return cli_fault(fault->err == ENOMEM ? EXIT_NOT_RUN : EXIT_USAGE, fault);
}

/* A guest costs a restore: what the probes set by themselves is tried when they run. */
static int run_check_sysctls(const struct run_command *cmd, const struct machine *machine,
                             const struct plan *plan, struct fault *f)
{
	if (!cmd->in_guest)
		return plan_check_sysctls(plan, !machine->root, f);
	return cmd->request.sets.count ? vm_check_sysctls(plan, &cmd->vm, f) : 0;
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
	if (run_check_sysctls(cmd, machine, &plan, &fault) < 0)
		code = cmd->request.sets.count ? run_refuse(&fault)
		                               : cli_fault(EXIT_NOT_RUN, &fault);
	else
		code = run_planned(cmd, machine, &plan);
	plan_free(&plan);
	return code;
}

/* A guest has its own limit, which comes first and knows more. */
#define GUEST_LIMIT_MARGIN_S 5

static int run_on_kernel(struct run_command *cmd)
{
	struct vm_config config = {
		.real = cmd->clock_real,
		.time_limit_s =
			cmd->request.time_limit_s ? cmd->request.time_limit_s : TIME_LIMIT_S,
	};
	struct machine machine = {0};
	struct vm_kernel kernel;
	struct fault fault;
	cpu_set_t cpus;
	int code;

	if (kernel_find(cmd->kernel, &kernel, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "preparing %s ...\r", kernel.release);
	if (vm_prepare(&kernel, &config, &cmd->vm, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	if (cmd->vm.clock == QEMU_REAL_TCG)
		(void)cli_say(EXIT_AS_PREDICTED, "real time without KVM, slowly (%s)",
		              cmd->vm.clock_why);
	else if (cmd->vm.clock == QEMU_REAL_KVM)
		(void)cli_say(EXIT_AS_PREDICTED, "real time, with KVM");
	if (!cmd->request.jobs && sched_getaffinity(0, sizeof(cpus), &cpus) == 0)
		cmd->request.jobs = (unsigned int)CPU_COUNT(&cpus);
	cmd->request.time_limit_s = config.time_limit_s + GUEST_LIMIT_MARGIN_S;
	cmd->in_guest = true;
	machine.info = cmd->vm.info;
	code = run_on(cmd, &machine);
	vm_release(&cmd->vm);
	return code;
}

/* Mistakes in the request come before anything is tried. @slots: probes at a time. */
static int run_ask(const struct run_command *cmd, unsigned int *slots)
{
	struct fault fault;
	struct plan plan;

	if (plan_make(&cmd->request, &(struct run_info){0}, &plan, &fault) < 0)
		return run_refuse(&fault);
	*slots = cmd->request.jobs && cmd->request.jobs < plan.count ? cmd->request.jobs
	                                                             : (unsigned int)plan.count;
	plan_free(&plan);
	return 0;
}

static int run_carry_out(struct run_command *cmd)
{
	struct machine machine;
	struct fault fault;
	unsigned int slots = 0;
	int code = run_ask(cmd, &slots);

	if (code)
		return code;
	if (cmd->kernel)
		return run_on_kernel(cmd);
	if (machine_find(&machine, slots, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	code = run_on(cmd, &machine);
	machine_release(&machine);
	return code;
}

static void run_clear(struct run_command *cmd)
{
	settings_clear(&cmd->request.sets);
	settings_clear(&cmd->request.params);
}

int command_run(int argc, char **argv)
{
	struct run_command cmd = {.request.out_dir = OUT_DIR_DEFAULT};
	int code = run_parse(&cmd, argc, argv);

	if (!code)
		code = run_carry_out(&cmd);
	run_clear(&cmd);
	return code;
}

int run_check(int argc, char **argv)
{
	struct run_command cmd = {0};
	unsigned int slots;
	int code;

	optind = 0; /* glibc's way to begin anew */
	code = run_parse(&cmd, argc, argv);
	if (!code)
		code = run_ask(&cmd, &slots);
	run_clear(&cmd);
	return code;
}

int run_collect(int argc, char **argv, const char *out_dir, struct run_result *result)
{
	struct run_command cmd = {.result = result};
	int code;

	*result = (struct run_result){0};
	optind = 0;
	code = run_parse(&cmd, argc, argv);
	cmd.request.out_dir = out_dir;
	if (!code)
		code = run_carry_out(&cmd);
	run_clear(&cmd);
	return code;
}
