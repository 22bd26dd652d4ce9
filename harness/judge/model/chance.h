/* SPDX-License-Identifier: GPL-2.0-or-later */
/* chance: what is left to the kernel's random numbers, as a range of counts. */
#ifndef FINWAIT_JUDGE_MODEL_CHANCE_H
#define FINWAIT_JUDGE_MODEL_CHANCE_H

#include "../../record/record.h"

/*
 * How far a count may be from what is likely before the rule is taken to be wrong: once in a
 * million runs for each figure. A narrower range would fail a kernel that does as it should.
 */
#define CHANCE_DOUBT 1e-6

/*
 * The counts 0 to @size - 1 in a range that leaves out at most @doubt / 2 at either end.
 * @weights: how likely each of them is, to a common factor.
 */
struct value chance_range(const double *weights, size_t size, double doubt);

/*
 * How often something comes about in @trials trials that do not depend on each other, each
 * with probability @chance: the binomial distribution, without @doubt / 2 at either end.
 */
struct value chance_binomial(int64_t trials, double chance, double doubt);

#endif
