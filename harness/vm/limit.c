// SPDX-License-Identifier: GPL-2.0-or-later
#include "limit.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>

#include "../base/clock.h"

static int64_t thread_waited_ns(const char *tasks, const char *thread)
{
	long long ran_ns, waited_ns;
	char path[300];
	FILE *file;
	int fields;

	snprintf(path, sizeof(path), "%s/%.100s/schedstat", tasks, thread);
	file = fopen(path, "re");
	if (!file)
		return 0;
	fields = fscanf(file, "%lld %lld", &ran_ns, &waited_ns);
	fclose(file);
	return fields == 2 ? waited_ns : 0;
}

/*
 * Of the thread that waited longest. Threads that wait for each other's processor do so at the
 * same time: their sum would be longer than it took.
 */
static int64_t process_waited_ns(pid_t pid)
{
	int64_t longest_ns = 0;
	struct dirent *entry;
	char tasks[64];
	DIR *dir;

	snprintf(tasks, sizeof(tasks), "/proc/%d/task", pid);
	dir = opendir(tasks);
	while (dir && (entry = readdir(dir))) {
		int64_t waited_ns =
			entry->d_name[0] == '.' ? 0 : thread_waited_ns(tasks, entry->d_name);

		if (waited_ns > longest_ns)
			longest_ns = waited_ns;
	}
	if (dir)
		closedir(dir);
	return longest_ns;
}

struct limit limit_begin(pid_t pid, int limit_ms)
{
	return (struct limit){
		.pid = pid,
		.began_ns = clock_mono_ns(),
		.waited_ns = process_waited_ns(pid),
		.limit_ns = limit_ms * NS_PER_MS,
	};
}

int limit_left_ms(const struct limit *limit)
{
	int64_t left_ns = limit->began_ns + limit->limit_ns - clock_mono_ns();

	/* Reading what it waited for takes a while: only who may be late is asked. */
	if (left_ns <= 0)
		left_ns += process_waited_ns(limit->pid) - limit->waited_ns;
	if (left_ns <= 0)
		return 0;
	return left_ns / NS_PER_MS < INT_MAX ? (int)(left_ns / NS_PER_MS) + 1 : INT_MAX;
}
