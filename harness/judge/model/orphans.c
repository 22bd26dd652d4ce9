// SPDX-License-Identifier: GPL-2.0-or-later
#include "orphans.h"

int64_t model_orphan_idle_ns(const struct record *rec, enum side host)
{
	return 2 * model_rto_max_ns(rec, host);
}

bool model_orphan_is_reset(const struct record *rec, enum side host, const struct orphans *orphans)
{
	int shift = orphans->soft_error + (orphans->idle_ns > model_orphan_idle_ns(rec, host));

	return orphans->counted << shift > orphans->most;
}
