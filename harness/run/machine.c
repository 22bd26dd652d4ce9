// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../../netns/link.h"
#include "../../netns/netns.h"
#include "../base/clock.h"
#include "../observe/diag.h"
#include "scratch.h"
#include "trials.h"

static void feature_add(struct machine *machine, const char *name, bool present, bool required,
                        const char *why, const char *help)
{
	struct machine_feature *feature;

	if (machine->feature_count == MACHINE_FEATURES)
		return;
	feature = &machine->features[machine->feature_count++];
	*feature = (struct machine_feature){.present = present, .required = required};
	snprintf(feature->name, sizeof(feature->name), "%s", name);
	snprintf(feature->why, sizeof(feature->why), "%s", present ? "" : why);
	snprintf(feature->help, sizeof(feature->help), "%s", present ? "" : help);
}

static bool namespace_feature_required(enum netns_feature feature, bool root)
{
	switch (feature) {
	case NETNS_FEATURE_USERNS:
		return !root;
	case NETNS_FEATURE_NETNS:
	case NETNS_FEATURE_VETH:
	case NETNS_FEATURE_BRIDGE:
	case NETNS_FEATURE_NF_TABLES:
	case NETNS_FEATURE_PACKET:
	case NETNS_FEATURE_SYSCTL:
		return true;
	case NETNS_FEATURE_NETEM:
	case NETNS_FEATURE_COUNT:
		break;
	}
	return false;
}

static int machine_find_netns(struct machine *machine, struct fault *f)
{
	struct netns_feature_state state[NETNS_FEATURE_COUNT];
	int err = netns_features_try(machine->root, state, f);

	for (int i = 0; i < NETNS_FEATURE_COUNT && !err; i++)
		feature_add(machine, netns_feature_name((enum netns_feature)i), state[i].present,
		            namespace_feature_required((enum netns_feature)i, machine->root),
		            state[i].why, state[i].help);
	return err;
}

static int diag_try(void *arg, struct fault *f)
{
	struct endpoint any = {.family = AF_INET, .addr = {127, 0, 0, 1}, .port = 1};
	struct diag *diag;
	int err = netns_create(f);

	(void)arg;
	if (err < 0)
		return err;
	diag = diag_open(f);
	if (!diag)
		return -EOPNOTSUPP;
	return diag_listening(diag, &any, f);
}

static void machine_find_diag(struct machine *machine)
{
	struct fault fault = {0};
	char why[400] = "";
	bool present = scratch_run(!machine->root, diag_try, NULL, NULL, 0, &fault) >= 0;

	if (!present)
		fault_text(&fault, why, sizeof(why));
	feature_add(machine, "inet_diag", present, true, why, "modprobe tcp_diag");
}

static void machine_find_trace(struct machine *machine, unsigned int slots)
{
	struct fault fault = {0};
	char why[400] = "";

	machine->trace = slots ? trace_load(slots, &fault) : NULL;
	if (!machine->trace)
		fault_text(&fault, why, sizeof(why));
	snprintf(machine->trace_absent, sizeof(machine->trace_absent), "%.119s", why);
	feature_add(machine, "trace", machine->trace != NULL, false, why,
	            machine->root ? "" : "run as root");
}

static int machine_info(struct machine *machine, struct fault *f)
{
	struct run_info *info = &machine->info;
	struct utsname uts;
	int err = 0;

	if (uname(&uts) < 0)
		return fault_set(f, errno, "uname");
	snprintf(info->version, sizeof(info->version), "%s", FINWAIT_VERSION);
	snprintf(info->kernel, sizeof(info->kernel), "%s", uts.release);
	snprintf(info->machine, sizeof(info->machine), "%.15s", uts.machine);
	snprintf(info->clock, sizeof(info->clock), "real");
	snprintf(info->privilege, sizeof(info->privilege), "%s", machine->root ? "root" : "userns");
	info->hz = clock_hz();
	for (size_t i = 0; i < machine->feature_count && !err; i++)
		err = settings_put(&info->features, machine->features[i].name,
		                   machine->features[i].present ? "yes" : machine->features[i].why);
	if (!err)
		err = settings_put(&info->features, "simultaneous_synack",
		                   trial_synack(!machine->root));
	if (!err)
		err = settings_put(&info->features, "challenge_without_limit",
		                   trial_challenge(!machine->root));
	return err ? fault_set(f, -err, "note what this machine can do") : 0;
}

/*
 * Namespaces, links and packet sockets without a user namespace: root in a container may lack
 * a part of it, and then does as an ordinary user does.
 */
static bool is_privileged(void)
{
	static const unsigned int needed[] = {CAP_SYS_ADMIN, CAP_NET_ADMIN, CAP_NET_RAW};
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct have[_LINUX_CAPABILITY_U32S_3];

	if (geteuid() != 0 || syscall(SYS_capget, &header, have) < 0)
		return false;
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!(have[CAP_TO_INDEX(needed[i])].effective & CAP_TO_MASK(needed[i])))
			return false;
	return true;
}

int machine_find(struct machine *machine, unsigned int trace_slots, struct fault *f)
{
	int err;

	*machine = (struct machine){.root = is_privileged()};
	err = machine_find_netns(machine, f);
	if (err)
		return err;
	machine_find_diag(machine);
	machine_find_trace(machine, trace_slots);
	return machine_info(machine, f);
}

void machine_release(struct machine *machine)
{
	if (machine->trace)
		trace_unload(machine->trace);
	settings_clear(&machine->info.features);
}

const struct machine_feature *machine_lacks(const struct machine *machine)
{
	for (size_t i = 0; i < machine->feature_count; i++)
		if (machine->features[i].required && !machine->features[i].present)
			return &machine->features[i];
	return NULL;
}
