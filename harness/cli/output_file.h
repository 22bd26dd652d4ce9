/* SPDX-License-Identifier: GPL-2.0-or-later */
/* output_file: a file that the user named for a report. */
#ifndef FINWAIT_CLI_OUTPUT_FILE_H
#define FINWAIT_CLI_OUTPUT_FILE_H

#include <stdio.h>

#include "../base/fault.h"

/*
 * A new regular file @path in place of the one that is there, as for records (file_create()); "-"
 * is standard output. NULL: see @f.
 */
FILE *output_open(const char *path, struct fault *f) MUST_CHECK;
/* What was written is in it: 0, or -errno with one line in @f. */
int output_close(FILE *out, const char *path, struct fault *f) MUST_CHECK;

#endif
