// SPDX-License-Identifier: GPL-2.0-or-later
#include "files.h"

#include <errno.h>
#include <sys/resource.h>

int files_allow(unsigned long long *allowed, struct fault *f)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return fault_set(f, errno, "ask how many files may be open");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		return fault_set(f, errno, "allow more open files");
	*allowed = limit.rlim_cur;
	if (limit.rlim_cur >= FILES_NEEDED)
		return 0;
	return fault_set(f, EMFILE, "no probe can run here: ulimit -n is %llu, it takes %d",
	                 *allowed, FILES_NEEDED);
}
