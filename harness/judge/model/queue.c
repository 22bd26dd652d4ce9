// SPDX-License-Identifier: GPL-2.0-or-later
#include "queue.h"

#include "timer.h"

#define PRUNED_LEAST 8 /* reqsk_timer_handler(): max(8U, sk_max_ack_backlog) */
#define PRUNED_RETRIES 2 /* it takes no more away from max_syn_ack_retries */

bool model_backlog(const struct record *rec, enum side host, int64_t backlog, int64_t *most)
{
	int64_t somaxconn;

	if (!model_sysctl(rec, host, "net.core.somaxconn", &somaxconn))
		return false;
	*most = backlog < 0 || backlog > somaxconn ? somaxconn : backlog;
	return true;
}

int64_t model_accept_queue(int64_t most)
{
	return most + 1;
}

int64_t model_power_above(int64_t backlog)
{
	int64_t power = 1;

	while (power <= backlog)
		power *= 2;
	return power;
}

/* inet_csk_reqsk_queue_is_full() is not yet true with one less than these. */
static int64_t kept_by_backlog(const struct half_open *rules)
{
	return rules->most + rules->more;
}

/* The first length at which tcp_max_syn_backlog has less than a quarter left. */
static int64_t kept_by_quarter(const struct half_open *rules)
{
	return rules->max_syn_backlog - (rules->max_syn_backlog >> 2) + 1;
}

bool model_half_open_is_full(const struct half_open *rules)
{
	return !rules->quarter || kept_by_backlog(rules) <= kept_by_quarter(rules);
}

int64_t model_half_open(const struct half_open *rules)
{
	return model_half_open_is_full(rules) ? kept_by_backlog(rules) : kept_by_quarter(rules);
}

/* Those of one round of time-outs that end, of @count that have run off @timeouts times before. */
static int64_t pruned(int64_t count, int64_t most)
{
	int64_t half = (most > PRUNED_LEAST ? most : PRUNED_LEAST) / 2;

	return count > half ? count - half : 0;
}

int64_t model_half_open_kept(int64_t count, int64_t most, int64_t retries, unsigned int timeouts)
{
	if (timeouts > retries)
		return 0;
	/* young are those that have not run off yet: as long as one is left, it counts */
	return timeouts > PRUNED_RETRIES ? count - pruned(count, most) : count;
}

int64_t model_netdev_queue(int64_t count, int64_t most)
{
	return count <= most ? count : most + 1;
}
