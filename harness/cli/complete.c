// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Theory of operation
 *
 * The shells' scripts know nothing: each hands over the words up to the cursor, and what comes back
 * is the same for all of them. An option's value follows it or its '='; of a list behind commas the
 * last part is completed; "client:" and "server:" may precede a sysctl. What is not an option's
 * value is an option where it begins with '-', else the command's own words.
 */
#include "complete.h"

#include <stdio.h>
#include <string.h>

#include "../record/article.h"
#include "../run/effect.h"
#include "../run/registry.h"
#include "../vm/vm.h"
#include "cli.h"
#include "commands.h"

/* What is being completed: @head stays as it is, @part of it may become longer. */
struct cursor {
	const char *word;
	size_t head;
	const char *part;
	char *const *words; /* all, and their count */
	int count;
};

static void cursor_skip(struct cursor *cursor, size_t length)
{
	cursor->head += length;
	cursor->part += length;
}

/* @end stands behind @name ("=" where more must follow). */
static void offer(const struct cursor *cursor, const char *name, const char *end, const char *what)
{
	if (strncmp(name, cursor->part, strlen(cursor->part)) != 0)
		return;
	printf("%.*s%s%s\t%.*s\n", (int)cursor->head, cursor->word, name, end,
	       (int)strcspn(what, "\n"), what);
}

static const char *row_title(const struct registry_row *row)
{
	const struct variant *variant = row->variant;

	return variant && variant->title ? variant->title : row->probe->title;
}

/* One a probe, and each row of its grid. */
static void offer_probes(const struct cursor *cursor)
{
	size_t count;
	const struct registry_row *rows = registry_rows(&count);

	for (size_t i = 0; i < count; i++) {
		const struct registry_row *row = &rows[i];

		if ((!i || rows[i - 1].probe != row->probe) && strcmp(row->probe->id, row->id) != 0)
			offer(cursor, row->probe->id, "", row->probe->title);
		offer(cursor, row->id, "", row_title(row));
	}
}

static void offer_effects(const struct cursor *cursor)
{
	const struct effect *effect;

	for (unsigned int i = 0; (effect = effect_at(i)); i++)
		offer(cursor, effect_short(effect), "", effect->does);
}

/* "client:tcp_x=": net.ipv4. may be left out, other folders may not. */
static void offer_sysctls(struct cursor cursor)
{
	const struct effect *effect;
	const char *colon = strchr(cursor.part, ':');

	if (colon)
		cursor_skip(&cursor, (size_t)(colon + 1 - cursor.part));
	for (unsigned int i = 0; (effect = effect_at(i)); i++) {
		bool ipv4 = !strncmp(effect->name, "net.ipv4.", strlen("net.ipv4."));

		if (strchr(effect->name, '.'))
			offer(&cursor, ipv4 ? effect_short(effect) : effect->name, "=",
			      effect->does);
	}
	if (colon)
		return;
	offer(&cursor, "client", ":", "at the client alone");
	offer(&cursor, "server", ":", "at the server alone");
}

static bool is_asked(const struct cursor *cursor, const struct registry_row *row)
{
	for (int i = 1; i < cursor->count - 1; i++)
		if (registry_names(row, cursor->words[i]))
			return true;
	return false;
}

/* Those of the probes that are named, once each in a row. */
static void offer_params(const struct cursor *cursor)
{
	size_t count;
	const struct registry_row *rows = registry_rows(&count);
	const struct probe *before = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct probe *probe = rows[i].probe;

		if (probe == before || !is_asked(cursor, &rows[i]))
			continue;
		before = probe;
		for (int j = 0; j < SETTINGS_PER_PROBE && probe->params[j].name; j++)
			offer(cursor, probe->params[j].name, "=", probe->params[j].text);
	}
}

/* Those that have been fetched, and 'host'; of a list behind commas, and of a range, the last. */
static void offer_kernels(struct cursor cursor, bool host)
{
	const char *comma = strrchr(cursor.part, ','), *dots;
	char name[KERNEL_SHORT], before[KERNEL_SHORT] = "";
	struct vm_kernels kernels;
	struct fault ignored;

	if (comma)
		cursor_skip(&cursor, (size_t)(comma + 1 - cursor.part));
	dots = strstr(cursor.part, "..");
	if (dots)
		cursor_skip(&cursor, (size_t)(dots + 2 - cursor.part));
	if (host)
		offer(&cursor, "host", "", "the kernel that runs here");
	if (kernels_list(&kernels, &ignored) < 0)
		return;
	for (size_t i = 0; i < kernels.count; i++) {
		const char *release = kernels.items[i].release;
		bool newest = strcmp(kernel_short(release, name), before) != 0;

		/* of several of one version the short name is the newest's */
		offer(&cursor, newest ? name : release, "", release);
		snprintf(before, sizeof(before), "%s", name);
	}
	kernels_free(&kernels);
}

static void offer_articles(const struct cursor *cursor)
{
	const struct article *article;

	for (unsigned int i = 0; (article = article_at(i)); i++)
		offer(cursor, (const char[]){article->letter, '\0'}, "", article->english);
}

static void offer_commands(const struct cursor *cursor)
{
	for (int id = 0; id < COMMAND_COUNT; id++) {
		const struct command *command = command_of((enum command_id)id);

		offer(cursor, command->name, "", command->summary);
	}
}

/* "virtual|real": one of these. */
static void offer_choices(const struct cursor *cursor, const char *choices)
{
	while (*choices) {
		size_t length = strcspn(choices, "|");
		char choice[40];

		snprintf(choice, sizeof(choice), "%.*s", (int)length, choices);
		offer(cursor, choice, "", "");
		choices += length + (choices[length] == '|');
	}
}

static void offer_words(const struct cursor *cursor, unsigned int words, const char *choices)
{
	if (words & WORDS_CHOICES)
		offer_choices(cursor, choices);
	if (words & WORDS_SHELLS)
		offer_choices(cursor, "bash|zsh|fish");
	if (words & WORDS_COMMANDS)
		offer_commands(cursor);
	if (words & WORDS_PROBES)
		offer_probes(cursor);
	if (words & WORDS_EFFECTS)
		offer_effects(cursor);
	if (words & WORDS_SYSCTLS)
		offer_sysctls(*cursor);
	if (words & WORDS_PARAMS)
		offer_params(cursor);
	if (words & WORDS_KERNELS)
		offer_kernels(*cursor, words & WORDS_HOST);
	if (words & WORDS_ARTICLES)
		offer_articles(cursor);
	if (words & WORDS_FILES)
		puts(":files");
	if (words & WORDS_FOLDERS)
		puts(":folders");
}

static void offer_options(const struct cursor *cursor, enum command_id id)
{
	const struct option_row *row;

	for (unsigned int i = 0; (row = option_at(i)); i++)
		if (option_is_of(row, COMMAND_COUNT) ||
		    (id != COMMAND_COUNT && option_is_of(row, id)))
			offer(cursor, option_name(row), "", row->help);
}

/* The option of @id, one with a value, that @word up to @length is. */
static const struct option_row *option_with_value(enum command_id id, const char *word,
                                                  size_t length)
{
	const struct option_row *row;

	for (unsigned int i = 0; (row = option_at(i)); i++) {
		const char *name = option_name(row);

		if (option_is_of(row, id) && row->argument && strlen(name) == length &&
		    !strncmp(name, word, length))
			return row;
	}
	return NULL;
}

/* Whether the word is an option's value: then it is offered what that may be. */
static bool offer_value(struct cursor cursor, enum command_id id)
{
	const char *before = cursor.count > 1 ? cursor.words[cursor.count - 2] : "";
	const struct option_row *row = option_with_value(id, before, strlen(before));
	size_t length = strcspn(cursor.word, "=");

	if (!row && cursor.word[length]) {
		row = option_with_value(id, cursor.word, length);
		cursor_skip(&cursor, row ? length + 1 : 0);
	}
	if (row)
		offer_words(&cursor, row->words, row->argument);
	return row != NULL;
}

/* "fetch" of "kernel fetch VERSION...". */
static void offer_forms(const struct cursor *cursor, const struct command *command)
{
	for (const struct command_form *form = command->forms; form->synopsis; form++) {
		const char *verb = form->synopsis + strlen(command->name) + 1;
		char name[40];

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(verb, " "), verb);
		offer(cursor, name, "", form->text);
	}
}

void complete_print(int count, char *const *words)
{
	struct cursor cursor = {.words = words, .count = count};
	enum command_id id;

	while (cursor.count > 1 && option_stands_first(cursor.words[0])) {
		cursor.words++;
		cursor.count--;
	}
	if (!cursor.count)
		return;
	cursor.word = cursor.part = cursor.words[cursor.count - 1];
	id = cursor.count > 1 ? command_find(cursor.words[0]) : COMMAND_COUNT;
	if (id != COMMAND_COUNT && offer_value(cursor, id))
		return;
	if (*cursor.word == '-')
		offer_options(&cursor, id);
	else if (cursor.count == 1)
		offer_commands(&cursor);
	else if (id != COMMAND_COUNT && (command_of(id)->words & WORDS_FORMS) && cursor.count == 2)
		offer_forms(&cursor, command_of(id));
	else if (id != COMMAND_COUNT)
		offer_words(&cursor, command_of(id)->words, "");
}
