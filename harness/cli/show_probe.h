/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show_probe: a probe in words. */
#ifndef FINWAIT_CLI_SHOW_PROBE_H
#define FINWAIT_CLI_SHOW_PROBE_H

#include "../run/registry.h"

/* Its question, claims, bench, settings, variants, kernel path and needs. */
void show_probe(const struct probe *probe);
/* The articles that a claim cites by @letters, a line each. */
void show_articles(const char *letters);

#endif
