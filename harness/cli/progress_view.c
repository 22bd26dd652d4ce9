// SPDX-License-Identifier: GPL-2.0-or-later
#include "progress_view.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../base/file.h"
#include "cli.h"

#define REDRAW_NS (100 * NS_PER_MS)
#define LOG_NS (30 * NS_PER_S)
#define ROWS_MOST 8

void progress_view_size(unsigned int *columns, unsigned int *rows)
{
	struct winsize size = {0};

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0)
		size = (struct winsize){0};
	/* the last column stays free: a terminal may go on to the next line there */
	*columns = size.ws_col > 1 ? size.ws_col - 1U : 79;
	*rows = size.ws_row > 1 ? size.ws_row - 1U : 23;
}

/* In one write, so that no half of a picture is ever seen. */
static void frame_put(const struct buffer *frame)
{
	if (buffer_text(frame) && write_all(STDERR_FILENO, frame->data, frame->used) < 0)
		return; /* a terminal that has gone shows nothing */
}

/* To the beginning of the first of the lines that stand there. */
static void frame_home(const struct progress_view *view, struct buffer *frame)
{
	buffer_add(frame, "\r");
	if (view->drawn > 1)
		buffer_add(frame, "\033[%uA", view->drawn - 1);
}

void progress_view_draw(struct progress_view *view, const char *lines)
{
	struct buffer frame = {0};
	const char *line = lines;

	frame_home(view, &frame);
	view->drawn = 0;
	for (;;) {
		size_t length = strcspn(line, "\n");

		buffer_put(&frame, line, length);
		buffer_add(&frame, "\033[K");
		view->drawn++;
		if (!line[length])
			break;
		buffer_add(&frame, "\r\n");
		line += length + 1;
	}
	buffer_add(&frame, "\033[J");
	frame_put(&frame);
	buffer_free(&frame);
}

void progress_view_clear(struct progress_view *view)
{
	struct buffer frame = {0};

	if (!view->drawn)
		return;
	frame_home(view, &frame);
	buffer_add(&frame, "\033[J");
	frame_put(&frame);
	buffer_free(&frame);
	view->drawn = 0;
	view->next_ns = 0;
}

static void view_redraw(struct progress_view *view, const struct progress *progress)
{
	struct buffer lines = {0};
	unsigned int columns, rows;

	progress_view_size(&columns, &rows);
	progress_lines(progress, columns, rows < ROWS_MOST ? rows : ROWS_MOST, &lines);
	if (buffer_text(&lines))
		progress_view_draw(view, buffer_text(&lines));
	buffer_free(&lines);
}

static void view_log(const struct progress *progress)
{
	struct buffer line = {0};

	progress_line(progress, &line);
	if (buffer_text(&line))
		(void)cli_say(EXIT_AS_PREDICTED, "%s", buffer_text(&line));
	buffer_free(&line);
}

void progress_view_show(struct progress_view *view, const struct progress *progress)
{
	int64_t now_ns = clock_mono_ns();
	bool terminal = cli_shows_progress(), first;

	if (view->preparing != (progress->preparing != NULL)) {
		view->preparing = !view->preparing; /* how long that takes begins now */
		view->next_ns = 0;
	}
	first = !view->next_ns;
	if (cli_is_quiet() || now_ns < view->next_ns)
		return;
	view->next_ns = now_ns + (terminal ? REDRAW_NS : LOG_NS);
	if (terminal)
		view_redraw(view, progress);
	else if (!first)
		view_log(progress);
}
