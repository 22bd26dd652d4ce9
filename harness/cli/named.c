// SPDX-License-Identifier: GPL-2.0-or-later
#include "named.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "../report/sheet.h"
#include "cli.h"

#define WIDTH_DEFAULT 110
#define WIDTH_LEAST 60
#define ID_COLUMNS 30
#define ERRNO_MOST 4095 /* MAX_ERRNO of the kernel */

bool effect_is_sysctl(const struct effect *effect)
{
	return strchr(effect->name, '.') != NULL;
}

void sysctl_value_here(const char *name, char *value, size_t size)
{
	char path[160] = "/proc/sys/";
	size_t length = strlen(path);
	FILE *file;

	snprintf(path + length, sizeof(path) - length, "%s", name);
	for (char *c = path + length; *c; c++)
		if (*c == '.')
			*c = '/';
	file = fopen(path, "re");
	if (!file || !fgets(value, (int)size, file))
		*value = '\0';
	if (file)
		(void)fclose(file); /* it was only read */
	value[strcspn(value, "\n")] = '\0';
	for (char *c = value; *c; c++)
		if (*c == '\t')
			*c = ' ';
}

size_t probes_print(const char *head, probe_fn is_one, const void *arg)
{
	struct report_style style = cli_style();
	struct sheet sheet = sheet_open(stdout, &style, WIDTH_DEFAULT, WIDTH_LEAST);
	const struct probe *before = NULL;
	size_t count, found = 0;
	const struct registry_row *rows = registry_rows(&count);

	for (size_t i = 0; i < count; i++) {
		const struct probe *probe = rows[i].probe;

		if (probe == before || !is_one(&rows[i], arg))
			continue;
		before = probe;
		if (!found++)
			printf("%s\n", head);
		sheet_row(&sheet, 2,
		          (const struct sheet_cell[]){
				  {.text = probe->id, .columns = ID_COLUMNS},
				  {.text = probe->title, .columns = sheet.width - ID_COLUMNS - 3}},
		          2);
	}
	return found;
}

/* "net.ipv4.tcp_x" of the table, "server:net.ipv4.tcp_x" of a probe. */
static bool names_same(const char *probes, const char *name)
{
	const char *colon = strchr(probes, ':');

	return !strcmp(colon ? colon + 1 : probes, name);
}

static bool sets(const struct registry_row *row, const void *name)
{
	const struct probe *probe = row->probe;

	for (int i = 0; i < SETTINGS_PER_PROBE && probe->sysctls[i].name; i++)
		if (names_same(probe->sysctls[i].name, name))
			return true;
	for (const struct variant *v = probe->variants; v && v->suffix; v++)
		for (int i = 0; i < SETTINGS_PER_PROBE && v->sysctls[i].name; i++)
			if (names_same(v->sysctls[i].name, name))
				return true;
	return false;
}

/* A word of its source, between blanks, is @arg or what is behind its last dot. */
static bool names(const struct registry_row *row, const void *arg)
{
	const char *name = arg, *dot = strrchr(name, '.'), *want = dot ? dot + 1 : name;
	size_t length = strlen(want);

	for (const char *at = row->words; length && (at = strstr(at, want)); at += length)
		if ((at == row->words || at[-1] == ' ' || at[-1] == '.') &&
		    (!at[length] || at[length] == ' '))
			return true;
	return false;
}

static bool names_and_sets_not(const struct registry_row *row, const void *name)
{
	return names(row, name) && !sets(row, name);
}

/* A parameter of a probe that stands for @sysctl: the machine's own, which nobody sets for a run. */
static const struct probe_param *param_of(const struct probe *probe, const char *sysctl)
{
	size_t length = strlen(sysctl);

	for (int i = 0; i < SETTINGS_PER_PROBE && probe->params[i].name; i++) {
		const char *what = probe->params[i].text;

		if (what && !strncmp(what, sysctl, length) && what[length] == ' ')
			return &probe->params[i];
	}
	return NULL;
}

static void advise_value(const char *sysctl)
{
	size_t count;
	const struct registry_row *rows = registry_rows(&count);

	for (size_t i = 0; i < count; i++) {
		const struct probe_param *param = param_of(rows[i].probe, sysctl);

		if (param) {
			cli_advise("\nTry another value: finwait run %s --param %s=VALUE\n",
			           rows[i].probe->id, param->name);
			return;
		}
	}
	cli_advise("\nTry another value: finwait run ID --set %s=VALUE\n", sysctl);
}

void effect_print(const struct effect *effect)
{
	char value[256];

	printf("%s\n\n", effect->name);
	cli_text(2, "%s", effect->does);
	printf("\nKernel path\n");
	cli_text(2, "%s", effect->function);
	if (effect_is_sysctl(effect)) {
		sysctl_value_here(effect->name, value, sizeof(value));
		printf("\nIn force here\n  %s\n",
		       *value ? value : "this kernel has no such sysctl");
		probes_print("\nSet by (--set changes it)", sets, effect->name);
	}
	probes_print("\nRead by", names_and_sets_not, effect->name);
	if (effect_is_sysctl(effect))
		advise_value(strrchr(effect->name, '.') + 1);
}

void effect_columns(struct grid *grid)
{
	static const struct grid_column columns[] = {
		{"finwait", GRID_CONTEXT},
		{"kernel", GRID_CONTEXT},
		{"name", 0},
		{"in_force", 0},
		{"does", 0},
		{"function", 0},
		{"set_by", 0},
		{"read_by", 0},
	};

	grid_columns(grid, columns, sizeof(columns) / sizeof(columns[0]));
}

/* A cell: the probes that are. */
static void probes_put(struct grid *grid, probe_fn is_one, const void *arg)
{
	const struct probe *before = NULL;
	struct buffer ids = {0};
	const char *text;
	size_t count;
	const struct registry_row *rows = registry_rows(&count);

	for (size_t i = 0; i < count; i++) {
		if (rows[i].probe == before || !is_one(&rows[i], arg))
			continue;
		before = rows[i].probe;
		buffer_add(&ids, "%s%s", ids.used ? " " : "", before->id);
	}
	text = buffer_text(&ids);
	grid->no_memory |= !text;
	grid_put(grid, "%s", text ? text : "");
	buffer_free(&ids);
}

static void kernel_here(char *buf, size_t size)
{
	struct utsname host;

	snprintf(buf, size, "Linux %s", uname(&host) < 0 ? "" : host.release);
}

void effect_put(struct grid *grid, const struct effect *effect)
{
	char value[256] = "", here[160];

	if (effect_is_sysctl(effect))
		sysctl_value_here(effect->name, value, sizeof(value));
	kernel_here(here, sizeof(here));
	grid_put(grid, "%s", FINWAIT_VERSION);
	grid_put(grid, "%s", here);
	grid_put(grid, "%s", effect->name);
	grid_put(grid, "%s", value);
	grid_put(grid, "%s", effect->does);
	grid_put(grid, "%s", effect->function);
	probes_put(grid, sets, effect->name);
	probes_put(grid, names_and_sets_not, effect->name);
}

/* 0: there is no such errno. */
static int errno_find(const char *name)
{
	for (int err = 1; err <= ERRNO_MOST; err++) {
		const char *known = strerrorname_np(err);

		if (known && !strcmp(known, name))
			return err;
	}
	return 0;
}

/*
 * The counter @name, "TcpExt.TCPTimeouts" or what is behind the dot, in one of the files of names
 * and values in pairs of lines: "TcpExt: A B", "TcpExt: 1 2".
 */
static bool counter_find(const char *path, const char *name, char *full, size_t size, char *value)
{
	char *names_line = NULL, *values_line = NULL, *word, *number, *more, *rest;
	size_t names_size = 0, values_size = 0;
	FILE *file = fopen(path, "re");
	bool found = false;

	while (file && !found && getline(&names_line, &names_size, file) > 0 &&
	       getline(&values_line, &values_size, file) > 0) {
		char *group = strtok_r(names_line, ": \n", &more);

		strtok_r(values_line, " \n", &rest);
		while (!found && group && (word = strtok_r(NULL, " \n", &more)) &&
		       (number = strtok_r(NULL, " \n", &rest))) {
			const char *dot = strchr(name, '.');
			size_t before = dot ? (size_t)(dot - name) : 0;

			found = !strcmp(word, dot ? dot + 1 : name) &&
			        (!dot ||
			         (strlen(group) == before && !strncmp(group, name, before)));
			snprintf(full, size, "%s.%s", group, word);
			snprintf(value, 24, "%s", number);
		}
	}
	free(names_line);
	free(values_line);
	if (file)
		(void)fclose(file); /* it was only read */
	return found;
}

static bool is_named(const char *name)
{
	size_t count;
	const struct registry_row *rows = registry_rows(&count);

	for (size_t i = 0; i < count; i++)
		if (names(&rows[i], name))
			return true;
	return false;
}

void errnos_try(struct nearest *nearest)
{
	for (int err = 1; err <= ERRNO_MOST; err++) {
		const char *known = strerrorname_np(err);

		if (known && is_named(known))
			nearest_try(nearest, known);
	}
}

/* Its whole name, and what it is in a few words: an errno, a counter; "": a word of the probes'. */
static void name_explain(const char *name, char full[160], char what[120])
{
	int err = errno_find(name);
	char value[24];

	*what = '\0';
	if (err)
		snprintf(what, 120, "%s (errno %d)", strerrordesc_np(err), err);
	else if (counter_find("/proc/net/netstat", name, full, 160, value) ||
	         counter_find("/proc/net/snmp", name, full, 160, value))
		snprintf(what, 120, "a counter of the kernel's, %s here so far", value);
	if (err || !*what)
		snprintf(full, 160, "%s", name);
}

bool name_print(const char *name)
{
	char full[160], what[120];

	if (!is_named(name))
		return false;
	name_explain(name, full, what);
	printf("%s%s%s\n", full, *what ? ": " : "", what);
	probes_print("\nProbes that have to do with it", names, name);
	return true;
}

static void name_columns(struct grid *grid)
{
	static const struct grid_column columns[] = {
		{"finwait", GRID_CONTEXT},
		{"kernel", GRID_CONTEXT},
		{"name", GRID_CONTEXT},
		{"what", GRID_CONTEXT},
		{"probe", 0},
		{"title", 0},
	};

	grid_columns(grid, columns, sizeof(columns) / sizeof(columns[0]));
}

bool name_put(struct grid *grid, const char *name)
{
	const struct probe *before = NULL;
	char full[160], what[120], here[160];
	size_t count;
	const struct registry_row *rows = registry_rows(&count);

	if (!is_named(name))
		return false;
	name_columns(grid);
	name_explain(name, full, what);
	kernel_here(here, sizeof(here));
	for (size_t i = 0; i < count; i++) {
		if (rows[i].probe == before || !names(&rows[i], name))
			continue;
		before = rows[i].probe;
		grid_put(grid, "%s", FINWAIT_VERSION);
		grid_put(grid, "%s", here);
		grid_put(grid, "%s", full);
		grid_put(grid, "%s", what);
		grid_put(grid, "%s", before->id);
		grid_put(grid, "%s", before->title);
	}
	return true;
}
