// SPDX-License-Identifier: GPL-2.0-or-later
/* sweep_keep: a point's record as a file, DIR/KERNEL/ID,NAME=VALUE.jsonl. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/file.h"
#include "../record/json.h"
#include "sweep_parts.h"

#define NAME_MOST 180 /* of a file, without its end: file systems take 255 */

/* "=", "," and ":" stand between what they are made of; nothing else that a shell or a path reads. */
static bool name_keeps(char c)
{
	return isalnum((unsigned char)c) || strchr("._-+=,:", c);
}

/*
 * One that had to be changed or cut has the point's number behind it: no two points have one
 * name.
 */
static void point_name(const struct sweeping *sw, const struct column *column,
                       const struct point *point, const char *row, char name[256])
{
	const struct sweep *sweep = sw->sweep;
	struct buffer text = {0};
	bool changed;

	buffer_add(&text, "%s", row);
	for (size_t i = 0; i < sweep->axis_count; i++)
		buffer_add(&text, ",%s=%s", sweep->axes[i].name,
		           sweep->axes[i].values[combo_value(sweep->axes, sweep->axis_count,
		                                             point->combo, i)]);
	if (sw->phases > 1)
		buffer_add(&text, ",phase=%zu", point->phase);
	changed = text.failed || text.used > NAME_MOST;
	snprintf(name, 256, "%.*s", NAME_MOST, text.failed ? row : text.data);
	for (char *s = name; *s; s++)
		if (!name_keeps(*s)) {
			*s = '_';
			changed = true;
		}
	if (changed)
		snprintf(name + strlen(name), 256 - strlen(name), ",%zu",
		         point_number(sw, column, point));
	snprintf(name + strlen(name), 256 - strlen(name), ".jsonl");
	buffer_free(&text);
}

/* NULL without memory. */
static char *run_line(const struct sweeping *sw, const struct column *column, size_t combo)
{
	struct run_info info = column->vm.info;
	struct request request;
	char *line = NULL;

	if (combo_request(sw, combo, &request) == 0) {
		info.asked = (struct run_asked){
			.sets = request.sets, .params = request.params, .seed = request.seed};
		line = json_run_line(&info);
	}
	request_clear(&request);
	return line;
}

int point_keep(const struct sweeping *sw, const struct column *column, const struct point *point,
               const char *row, const struct answer *answer, struct fault *f)
{
	char name[256], *line = run_line(sw, column, point->combo);
	int fd, err;

	if (!line)
		return fault_set(f, ENOMEM, "keep a record");
	point_name(sw, column, point, row, name);
	fd = file_create(column->out_fd, name, name, f);
	err = fd < 0 ? fd : write_all(fd, line, strlen(line));
	if (!err)
		err = write_all(fd, "\n", 1);
	if (!err)
		err = write_all(fd, answer->lines.data, answer->lines.used);
	if (!err)
		err = write_all(fd, answer->result.data, answer->result.used);
	if (fd >= 0 && close(fd) < 0 && !err)
		err = -errno;
	free(line);
	if (err && fd >= 0)
		fault_set(f, -err, "write the record %s", path_end(name));
	return err;
}
