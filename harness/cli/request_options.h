/* SPDX-License-Identifier: GPL-2.0-or-later */
/* request_options: the options that say what is asked, for every command that runs probes. */
#ifndef FINWAIT_CLI_REQUEST_OPTIONS_H
#define FINWAIT_CLI_REQUEST_OPTIONS_H

#include "../session/request.h"
#include "options.h"

#define OPTION_NOT_TAKEN (-1)

/* 0, an exit code with the line said, or OPTION_NOT_TAKEN: @row is no part of a request. */
int request_take(struct request *request, const struct option_row *row, const char *value);

/* The article of that letter: 0, or an exit code with the line said. */
int article_take(const char *letter, const struct article **article);

#endif
