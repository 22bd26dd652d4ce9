// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whether KVM works: a device that opens, and that runs an instruction, may still be
 * too little for QEMU (nested, broken, forbidden): so let QEMU set a machine up by it.
 */
#include "vm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define KVM_LIMIT_MS 5000

static int kvm_try(struct qemu *qemu, char *why, size_t size, struct fault *f)
{
	static const struct qemu_config config = {
		.clock = QEMU_REAL_KVM,
		.ram_mb = 16,
		.ram_fd = -1,
		.state_fd = -1,
		.controlled = true,
		.cpu = -1,
	};
	int err = qemu_start(qemu, &config, f);

	if (!err)
		err = qemu_greet(qemu, KVM_LIMIT_MS, f);
	if (err)
		qemu_error_line(qemu, why, size);
	return err;
}

bool kvm_works(char *why, size_t size)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC), err;
	struct fault fault;
	struct qemu qemu;

	*why = '\0';
	if (fd < 0) {
		snprintf(why, size, "/dev/kvm: %s", strerror(errno));
		return false;
	}
	close(fd);
	err = qemu_open(&qemu, &fault);
	if (!err) {
		err = kvm_try(&qemu, why, size, &fault);
		qemu_close(&qemu);
	}
	if (err && !*why)
		fault_text(&fault, why, size);
	return !err;
}
