// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include "../run/machine.h"
#include "../session/files.h"
#include "../vm/vm.h"

static void trace_part_print(const char *part, const char *why_not, void *arg)
{
	(void)arg;
	printf("    %-22s %s\n", part, why_not && *why_not ? why_not : "yes");
}

/* What was found by trying (run/trials.h). */
static void trial_print(const struct run_info *info, const char *name)
{
	printf("  %-24s %s\n", name, settings_get(&info->features, name));
}

/* What run --kernel needs: QEMU, kernels, a cache; KVM only for --clock real. */
static void doctor_vm(void)
{
	struct vm_kernels kernels = {0};
	char why[200], text[CACHE_PATH];
	struct fault fault;

	if (qemu_version(why, sizeof(why), &fault) < 0)
		printf("  %-24s %s\n", "qemu", fault_text(&fault, text, sizeof(text)));
	else
		printf("  %-24s %s\n", "qemu", why);
	if (cache_room("guests", text, &fault) < 0)
		printf("  %-24s %s\n", "cache", fault_text(&fault, text, sizeof(text)));
	else
		printf("  %-24s %s\n", "cache", text);
	if (kernels_list(&kernels, &fault) < 0 || !kernels.count)
		printf("  %-24s none\n  %-24s   helps: finwait kernel fetch 6.12\n", "kernels", "");
	for (size_t i = 0; i < kernels.count; i++)
		printf("  %-24s %s\n", i ? "" : "kernels", kernels.items[i].release);
	kernels_free(&kernels);
	printf("  %-24s %s\n", "kvm (--clock real)", kvm_works(why, sizeof(why)) ? "yes" : why);
}

int command_doctor(int argc, char **argv)
{
	const struct machine_feature *lacking;
	unsigned long long files;
	struct machine machine;
	struct fault fault;

	if (argc > 1)
		return cli_say(EXIT_USAGE, "doctor takes no argument, not '%s'", argv[1]);
	if (files_allow(&files, &fault) < 0 || machine_find(&machine, 1, &fault) < 0)
		return cli_fault(EXIT_NOT_RUN, &fault);
	printf("kernel %s (%s, HZ=%d), as %s\n", machine.info.kernel, machine.info.machine,
	       machine.info.hz, machine.root ? "root" : "an ordinary user (user namespace)");
	for (size_t i = 0; i < machine.feature_count; i++) {
		const struct machine_feature *feature = &machine.features[i];

		printf("  %-24s %s\n", feature->name, feature->present ? "yes" : feature->why);
		if (!feature->present && feature->help[0])
			printf("  %-24s   helps: %s\n", "", feature->help);
	}
	if (machine.trace)
		trace_parts(machine.trace, trace_part_print, NULL);
	trial_print(&machine.info, "simultaneous_synack");
	trial_print(&machine.info, "challenge_without_limit");
	printf("  %-24s %llu, of which a probe takes %d\n", "open files", files, FILES_NEEDED);
	doctor_vm();
	lacking = machine_lacks(&machine);
	if (lacking)
		printf("\nProbes cannot run here: %s.\n", lacking->name);
	else
		printf("\nEvery probe can run here%s.\n",
		       machine.trace ? ""
		                     : ", without eBPF: states that pass in microseconds on the"
		                       " kernel wire are not seen");
	machine_release(&machine);
	return lacking ? EXIT_NOT_RUN : EXIT_AS_PREDICTED;
}
