// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include "../run/machine.h"
#include "../session/files.h"
#include "../vm/vm.h"
#include "format.h"

/* Lines as they are found out, or rows at the end. */
struct doctor {
	const struct machine *machine;
	struct grid grid;
	const char *part; /* of what the next ones are; "": they stand by themselves */
};

/* @value: "yes", or why not; @help: what to do about it, "" nothing. */
static void tell(struct doctor *doctor, const char *name, const char *value, const char *help)
{
	const struct run_info *info = &doctor->machine->info;

	if (cli_format() == FORMAT_TEXT) {
		printf("%s%-*s %s\n", *doctor->part ? "    " : "  ", *doctor->part ? 22 : 24, name,
		       value);
		if (*help)
			printf("  %-24s   helps: %s\n", "", help);
		return;
	}
	grid_put(&doctor->grid, "%s", FINWAIT_VERSION);
	grid_put(&doctor->grid, "Linux %s", info->kernel);
	grid_put(&doctor->grid, "%s", info->machine);
	grid_put(&doctor->grid, "%d", info->hz);
	grid_put(&doctor->grid, "%s", doctor->machine->root ? "root" : "an ordinary user");
	grid_put(&doctor->grid, "%s%s", doctor->part, name);
	grid_put(&doctor->grid, "%s", value);
	grid_put(&doctor->grid, "%s", help);
}

static void trace_part_tell(const char *part, const char *why_not, void *arg)
{
	tell(arg, part, why_not && *why_not ? why_not : "yes", "");
}

static void doctor_features(struct doctor *doctor)
{
	const struct machine *machine = doctor->machine;

	for (size_t i = 0; i < machine->feature_count; i++) {
		const struct machine_feature *feature = &machine->features[i];

		tell(doctor, feature->name, feature->present ? "yes" : feature->why,
		     feature->present ? "" : feature->help);
	}
	doctor->part = "eBPF: ";
	if (machine->trace)
		trace_parts(machine->trace, trace_part_tell, doctor);
	doctor->part = "";
}

/* What was found by trying (run/trials.h). */
static void doctor_trial(struct doctor *doctor, const char *name)
{
	tell(doctor, name, settings_get(&doctor->machine->info.features, name), "");
}

static void doctor_kernels(struct doctor *doctor)
{
	struct vm_kernels kernels = {0};
	struct fault fault;

	if (kernels_list(&kernels, &fault) < 0 || !kernels.count)
		tell(doctor, "kernels", "none", "finwait kernel fetch 6.12");
	for (size_t i = 0; i < kernels.count; i++)
		tell(doctor, i && cli_format() == FORMAT_TEXT ? "" : "kernels",
		     kernels.items[i].release, "");
	kernels_free(&kernels);
}

/* What run --kernel needs: QEMU, kernels, a cache; KVM only for --clock real. */
static void doctor_vm(struct doctor *doctor)
{
	char why[200], text[CACHE_PATH];
	struct fault fault;

	tell(doctor, "qemu",
	     qemu_version(why, sizeof(why), &fault) < 0 ? fault_text(&fault, text, sizeof(text))
	                                                : why,
	     "");
	if (cache_room("guests", text, &fault) < 0)
		fault_text(&fault, text, sizeof(text));
	tell(doctor, "cache", text, "");
	doctor_kernels(doctor);
	tell(doctor, "kvm (--clock real)", kvm_works(why, sizeof(why)) ? "yes" : why, "");
}

static void doctor_examine(struct doctor *doctor, unsigned long long files)
{
	char text[80];

	doctor_features(doctor);
	doctor_trial(doctor, "simultaneous_synack");
	doctor_trial(doctor, "challenge_without_limit");
	snprintf(text, sizeof(text), "%llu, of which a probe takes %d", files, FILES_NEEDED);
	tell(doctor, "open files", text, "");
	doctor_vm(doctor);
}

static void doctor_conclude(const struct machine *machine, const struct machine_feature *lacking)
{
	if (lacking)
		printf("\nProbes cannot run here: %s.\n", lacking->name);
	else
		printf("\nEvery probe can run here%s.\n",
		       machine->trace ? ""
		                      : ", without eBPF: states that pass in microseconds on the"
		                        " kernel wire are not seen");
}

static int doctor_print(const struct machine *machine, unsigned long long files)
{
	static const struct grid_column columns[] = {
		{"finwait", GRID_CONTEXT},
		{"kernel", GRID_CONTEXT},
		{"machine", GRID_CONTEXT},
		{"HZ", GRID_CONTEXT},
		{"as", GRID_CONTEXT},
		{"what", 0},
		{"here", 0},
		{"helps", 0},
	};
	struct doctor doctor = {
		.machine = machine, .grid = grid_open("finwait doctor"), .part = ""};
	const struct run_info *info = &machine->info;

	if (cli_format() == FORMAT_TEXT) {
		printf("kernel %s (%s, HZ=%d), as %s\n", info->kernel, info->machine, info->hz,
		       machine->root ? "root" : "an ordinary user (user namespace)");
		doctor_examine(&doctor, files);
		doctor_conclude(machine, machine_lacks(machine));
		return EXIT_AS_PREDICTED;
	}
	grid_columns(&doctor.grid, columns, sizeof(columns) / sizeof(columns[0]));
	doctor_examine(&doctor, files);
	return format_print(&doctor.grid);
}

int command_doctor(int argc, char **argv)
{
	unsigned long long files;
	struct machine machine;
	struct fault fault;
	int code;

	if (argc > 1)
		return cli_say(EXIT_USAGE, "doctor takes no argument, not '%s'", argv[1]);
	if (files_allow(&files, &fault) < 0 || machine_find(&machine, 1, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	code = doctor_print(&machine, files);
	if (machine_lacks(&machine))
		code = EXIT_NOT_RUN;
	machine_release(&machine);
	return code;
}
