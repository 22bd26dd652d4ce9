// SPDX-License-Identifier: GPL-2.0-or-later
/* ask: a question in plain words, and the probes that answer it. */
#include "../base/buffer.h"
#include "../run/search.h"
#include "cli.h"
#include "format.h"

#define HITS 5

static void hit_print(const struct search_hit *hit)
{
	const struct probe *probe = hit->row->probe;

	printf("%s: %s\n  %s\n  finwait run %s\n\n", probe->id, probe->title, probe->question,
	       probe->id);
}

static int hits_print(const struct search_hit *hits, size_t count)
{
	static const struct grid_column columns[] = {
		{"finwait", GRID_CONTEXT}, {"probe", 0}, {"title", 0}, {"question", 0}};
	struct grid grid = grid_open("finwait ask");

	for (size_t i = 0; i < count && cli_format() == FORMAT_TEXT; i++)
		hit_print(&hits[i]);
	if (cli_format() == FORMAT_TEXT)
		return EXIT_AS_PREDICTED;
	grid_columns(&grid, columns, sizeof(columns) / sizeof(columns[0]));
	for (size_t i = 0; i < count; i++) {
		const struct probe *probe = hits[i].row->probe;

		grid_put(&grid, "%s", FINWAIT_VERSION);
		grid_put(&grid, "%s", probe->id);
		grid_put(&grid, "%s", probe->title);
		grid_put(&grid, "%s", probe->question);
	}
	return format_print(&grid);
}

int command_ask(int argc, char **argv)
{
	struct search_hit hits[HITS];
	struct buffer text = {0};
	const char *words;
	size_t count;

	if (argc < 2)
		return cli_say(EXIT_USAGE,
		               "ask wants a question: finwait ask FIN_WAIT2 stuck for hours");
	for (int i = 1; i < argc; i++)
		buffer_add(&text, "%s ", argv[i]);
	words = buffer_text(&text);
	if (!words)
		return cli_say(EXIT_NOT_RUN, "out of memory");
	count = search_probes(words, hits, HITS);
	buffer_free(&text);
	if (!count)
		return cli_say(EXIT_USAGE,
		               "no probe has any of these words ('finwait list' shows all)");
	return hits_print(hits, count);
}
