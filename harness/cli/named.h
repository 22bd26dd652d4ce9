/* SPDX-License-Identifier: GPL-2.0-or-later */
/* named: what the kernel calls something (a sysctl, an errno, a counter), and who shows it. */
#ifndef FINWAIT_CLI_NAMED_H
#define FINWAIT_CLI_NAMED_H

#include "../base/nearest.h"
#include "../report/grid.h"
#include "../run/effect.h"
#include "../run/registry.h"

/* Whether @probe is one of those that @arg asks for. */
typedef bool (*probe_fn)(const struct registry_row *row, const void *arg);
/* @head and each such probe, once, with its title; nothing where there is none. How many. */
size_t probes_print(const char *head, probe_fn is_one, const void *arg);

/* Of a sysctl or socket option: what it does, its value here, its probes. */
void effect_print(const struct effect *effect);
/* The same as a row, and the columns of such rows. */
void effect_columns(struct grid *grid);
void effect_put(struct grid *grid, const struct effect *effect);
/* The value in this network namespace; "" where the kernel has no such sysctl. */
void sysctl_value_here(const char *name, char *value, size_t size);
bool effect_is_sysctl(const struct effect *effect);

/* An errno, a counter or a state by name, with its probes. False: no probe has to do with it. */
bool name_print(const char *name);
/* The same as rows of @grid, which has no columns yet: one a probe. */
bool name_put(struct grid *grid, const char *name);
/* Every errno that a probe has to do with, as one that may have been meant. */
void errnos_try(struct nearest *nearest);

#endif
