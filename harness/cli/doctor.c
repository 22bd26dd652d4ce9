// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include "../run/machine.h"

static void trace_part_print(const char *part, const char *why_not, void *arg)
{
	(void)arg;
	printf("    %-22s %s\n", part, why_not && *why_not ? why_not : "yes");
}

int command_doctor(int argc, char **argv)
{
	const struct machine_feature *lacking;
	struct machine machine;
	struct fault fault;

	if (argc > 1)
		return cli_say(EXIT_USAGE, "doctor takes no argument, not '%s'", argv[1]);
	if (machine_find(&machine, 1, &fault) < 0)
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
	printf("  %-24s %s\n", "simultaneous_synack",
	       settings_get(&machine.info.features, "simultaneous_synack"));
	lacking = machine_lacks(&machine);
	if (lacking)
		printf("\nProbes cannot run here: %s.\n", lacking->name);
	else
		printf("\nEvery probe can run here%s.\n",
		       machine.trace ? "" : ", without eBPF: states that pass in microseconds on the"
					    " kernel wire are not seen");
	machine_release(&machine);
	return lacking ? EXIT_NOT_RUN : EXIT_AS_PREDICTED;
}
