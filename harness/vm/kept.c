// SPDX-License-Identifier: GPL-2.0-or-later
#include "kept.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <unistd.h>

int kept_open(struct vm_kept *kept, const char *dir, enum guest_stop stop, int flags,
              struct fault *f)
{
	kept->ram_fd = file_open_in(dir, KEPT_RAM(stop), O_RDWR | flags, f);
	if (kept->ram_fd < 0)
		return kept->ram_fd;
	kept->state_fd = file_open_in(dir, KEPT_STATE(stop), O_RDWR | flags, f);
	return kept->state_fd < 0 ? kept->state_fd : 0;
}

void kept_close(struct vm_kept *kept)
{
	if (kept->ram_fd >= 0)
		close(kept->ram_fd);
	if (kept->state_fd >= 0)
		close(kept->state_fd);
	*kept = KEPT_NOTHING;
}

int kept_empty(const struct vm_kept *kept, unsigned int ram_mb, struct fault *f)
{
	if (ftruncate(kept->state_fd, 0) < 0 || lseek(kept->state_fd, 0, SEEK_SET) < 0 ||
	    ftruncate(kept->ram_fd, 0) < 0 || ftruncate(kept->ram_fd, (off_t)ram_mb << 20) < 0)
		return fault_set(f, errno, "make room for a guest's memory");
	return 0;
}

static int part_copy(int from, int to, off_t at, off_t end, struct fault *f)
{
	if (lseek(from, at, SEEK_SET) < 0 || lseek(to, at, SEEK_SET) < 0)
		return fault_set(f, errno, "copy a guest's memory");
	while (at < end) {
		ssize_t n = sendfile(to, from, NULL, (size_t)(end - at));

		if (n <= 0)
			return fault_set(f, n ? errno : EIO, "copy a guest's memory");
		at += n;
	}
	return 0;
}

int kept_copy_ram(const struct vm_kept *from, const struct vm_kept *to, struct fault *f)
{
	off_t at = 0, end;

	while ((at = lseek(from->ram_fd, at, SEEK_DATA)) >= 0) {
		int err;

		end = lseek(from->ram_fd, at, SEEK_HOLE);
		err = end < 0 ? fault_set(f, errno, "copy a guest's memory")
		              : part_copy(from->ram_fd, to->ram_fd, at, end, f);
		if (err)
			return err;
		at = end;
	}
	return errno == ENXIO ? 0 : fault_set(f, errno, "copy a guest's memory");
}

int kept_state(const struct vm_kept *kept)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", kept->state_fd);
	return open(path, O_RDONLY | O_CLOEXEC);
}
