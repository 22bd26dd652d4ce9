// SPDX-License-Identifier: GPL-2.0-or-later
/* article: one article's claims in its order, put to one or several kernels. */
#include <stdlib.h>
#include <string.h>

#include "../report/claims.h"
#include "../run/registry.h"
#include "cli.h"
#include "collect_options.h"
#include "format.h"
#include "request_options.h"

/* The ids of all rows with a claim of it, the caller's; NULL: no memory. */
static const char **rows_of(const struct article *article, size_t *count)
{
	size_t rows;
	const struct registry_row *row = registry_rows(&rows);
	const char **ids = calloc(rows + 1, sizeof(*ids));

	*count = 0;
	for (size_t i = 0; ids && i < rows; i++)
		if (registry_row_cites(&row[i], article))
			ids[(*count)++] = row[i].id;
	return ids;
}

static void articles_print(void)
{
	const struct article *article;
	char source[ARTICLE_SOURCE_SIZE];

	for (unsigned int i = 0; (article = article_at(i)); i++)
		printf("%c  %s\n   %s\n   %s\n", article->letter, article->title, article->english,
		       article_source(article, source));
	cli_advise("\n'finwait article LETTER' puts its claims to this kernel.\n");
}

static int articles_format(void)
{
	static const struct grid_column columns[] = {
		{"finwait", GRID_CONTEXT}, {"article", 0},   {"title", 0},
		{"in_english", 0},         {"published", 0}, {"address", 0}};
	struct grid grid = grid_open("finwait article");
	const struct article *article;

	grid_columns(&grid, columns, sizeof(columns) / sizeof(columns[0]));
	for (unsigned int i = 0; (article = article_at(i)); i++) {
		grid_put(&grid, "%s", FINWAIT_VERSION);
		grid_put(&grid, "%c", article->letter);
		grid_put(&grid, "%s", article->title);
		grid_put(&grid, "%s", article->english);
		grid_put(&grid, "%s", article->published);
		grid_put(&grid, "%s", article->address);
	}
	return format_print(&grid);
}

static int article_show(const struct collect *c, const struct article *article)
{
	struct report_style style = cli_style();
	struct matrix_column columns[MATRIX_COLUMNS];
	struct tally tally = c->tally;
	int err;

	for (size_t i = 0; i < c->count; i++) {
		const struct source *source = &c->sources[i];

		columns[i] = (struct matrix_column){
			.name = source->name,
			.records = (const struct record *const *)source->kept.records,
			.count = source->kept.count,
		};
		tally_add_all(&tally, source->kept.records, source->kept.count);
	}
	if (cli_format() != FORMAT_TEXT) {
		struct grid grid = grid_open("finwait article");

		claims_put(&grid, article, columns, c->count);
		err = format_print(&grid);
		return err ? err : (int)tally_code(&tally);
	}
	err = claims_print(article, columns, c->count, &style, stdout);
	if (err)
		return cli_say(EXIT_NOT_RUN, "cannot print the claims: %s", strerror(-err));
	cli_advise(
		"The records are in %s/KERNEL/. Look closer: finwait ladder ID --out %s/KERNEL\n",
		c->request.out_dir, c->request.out_dir);
	return tally_code(&tally);
}

static int article_ask(struct collect *c, const struct article *article)
{
	size_t count;
	const char **ids = rows_of(article, &count);
	struct fault fault;
	int code = 0;

	if (!ids)
		return cli_say(EXIT_NOT_RUN, "out of memory");
	if (!c->count && collect_add(c, TARGET_HOST, strlen(TARGET_HOST), NULL, &fault) < 0)
		code = cli_fault(EXIT_NOT_RUN, &fault);
	c->request.patterns = ids; /* of kept records */
	c->request.pattern_count = count;
	c->request.article = article; /* what is asked by name takes its real minutes */
	c->asks[0].patterns = NULL;
	c->asks[0].count = 0;
	if (!code && c->request.form == FORM_USUAL && c->has_host)
		c->asks[0].form = FORM_QUICK;
	if (!code)
		code = collect_shown(c);
	if (!code)
		code = article_show(c, article);
	free(ids);
	return code;
}

int command_article(int argc, char **argv)
{
	const struct article *article = NULL;
	struct collect c;
	struct words words;
	int code = collect_parse(&c, COMMAND_ARTICLE, (struct own_options){0}, argc, argv, &words);

	if (!code && words.count > 1)
		code = cli_say(EXIT_USAGE, "article takes one letter, not '%s' as well",
		               words.items[1]);
	if (!code && words.count)
		code = article_take(words.items[0], &article);
	if (!code && article)
		code = article_ask(&c, article);
	else if (!code && cli_format() != FORMAT_TEXT)
		code = articles_format();
	else if (!code)
		articles_print();
	collect_free(&c);
	return code;
}
