// SPDX-License-Identifier: GPL-2.0-or-later
#include "interrupt.h"

#include <errno.h>
#include <signal.h>

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { SIGNALS = sizeof(signals) / sizeof(signals[0]) };

static struct sigaction before[SIGNALS];
static unsigned int depth;
static volatile sig_atomic_t came;

static void note_signal(int signal)
{
	came = signal;
}

void interrupt_catch(void)
{
	/* without SA_RESTART: who waits is to look */
	const struct sigaction note = {.sa_handler = note_signal};

	if (depth++)
		return;
	came = 0;
	for (int i = 0; i < SIGNALS; i++) {
		if (sigaction(signals[i], NULL, &before[i]) < 0 || before[i].sa_handler == SIG_IGN)
			continue;
		(void)sigaction(signals[i], &note, NULL); /* of signals that there are */
	}
}

void interrupt_release(void)
{
	if (!depth || --depth)
		return;
	for (int i = 0; i < SIGNALS; i++)
		(void)sigaction(signals[i], &before[i], NULL);
}

int interrupt_pending(void)
{
	return came;
}

int interrupt_check(struct fault *f)
{
	return came ? fault_refuse(f, EINTR, "interrupted") : 0;
}
