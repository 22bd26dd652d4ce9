/* SPDX-License-Identifier: GPL-2.0-or-later */
/* negotiated: what the two SYNs of a connection agreed on. */
#ifndef FINWAIT_JUDGE_MODEL_NEGOTIATED_H
#define FINWAIT_JUDGE_MODEL_NEGOTIATED_H

#include "../../record/record.h"

struct negotiated {
	bool sack, timestamps;
};

/*
 * Of the last connection whose SYNs were seen to leave both hosts: what the segments say,
 * since a SYN cookie's SYN+ACK drops options that the sysctls ask for
 * (cookie_v4_init_sequence(), tcp_conn_request()). Where no such pair was seen: what
 * tcp_sack and tcp_timestamps of both hosts ask for.
 */
struct negotiated model_negotiated(const struct record *rec);

#endif
