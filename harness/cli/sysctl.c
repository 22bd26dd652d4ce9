// SPDX-License-Identifier: GPL-2.0-or-later
/* sysctl: what a setting really does, its value here, and the probes that show it. */
#include <string.h>

#include "../run/effect.h"
#include "../run/registry.h"
#include "cli.h"

#define NAME_COLUMNS 34

static bool is_sysctl(const struct effect *effect)
{
	return strchr(effect->name, '.') != NULL;
}

/* The value in this process's network namespace; "" where the kernel has no such sysctl. */
static void value_read(const char *name, char *value, size_t size)
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

/* "net.ipv4.tcp_x" of the table, "server:net.ipv4.tcp_x" of a probe. */
static bool names_same(const char *probes, const char *name)
{
	const char *colon = strchr(probes, ':');

	return !strcmp(colon ? colon + 1 : probes, name);
}

static bool probe_sets(const struct probe *probe, const char *name)
{
	for (int i = 0; i < SETTINGS_PER_PROBE && probe->sysctls[i].name; i++)
		if (names_same(probe->sysctls[i].name, name))
			return true;
	for (const struct variant *v = probe->variants; v && v->suffix; v++)
		for (int i = 0; i < SETTINGS_PER_PROBE && v->sysctls[i].name; i++)
			if (names_same(v->sysctls[i].name, name))
				return true;
	return false;
}

/* A word of @words, between blanks, is @name or what is behind its last dot. */
static bool words_have(const char *words, const char *name)
{
	const char *dot = strrchr(name, '.'), *want = dot ? dot + 1 : name;
	size_t length = strlen(want);

	for (const char *at = words; (at = strstr(at, want)); at += length)
		if ((at == words || at[-1] == ' ' || at[-1] == '.') &&
		    (!at[length] || at[length] == ' '))
			return true;
	return false;
}

static void print_probes(const struct effect *effect, bool set)
{
	const char *head = set ? "Set by (--set changes it)" : "Read by";
	const struct probe *before = NULL;
	size_t count;
	const struct registry_row *rows = registry_rows(&count);

	for (size_t i = 0; i < count; i++) {
		const struct probe *probe = rows[i].probe;

		if (probe == before || probe_sets(probe, effect->name) != set ||
		    (!set && !words_have(rows[i].words, effect->name)))
			continue;
		before = probe;
		if (head)
			printf("\n%s\n", head);
		head = NULL;
		printf("  %-26s %s\n", probe->id, probe->title);
	}
}

static void effect_print(const struct effect *effect)
{
	char value[256];

	printf("%s\n\n  %s\n", effect->name, effect->does);
	printf("\nKernel path\n  %s\n", effect->function);
	if (is_sysctl(effect)) {
		value_read(effect->name, value, sizeof(value));
		printf("\nIn force here\n  %s\n",
		       *value ? value : "this kernel has no such sysctl");
		print_probes(effect, true);
	}
	print_probes(effect, false);
	if (is_sysctl(effect))
		cli_advise("\nTry another value: finwait run ID --set %s=VALUE\n",
		           strrchr(effect->name, '.') + 1);
}

static void effects_list(void)
{
	const struct effect *effect;
	char value[256];

	for (unsigned int i = 0; (effect = effect_at(i)); i++) {
		*value = '\0';
		if (is_sysctl(effect))
			value_read(effect->name, value, sizeof(value));
		printf("%-*s %s\n", NAME_COLUMNS, effect->name, value);
	}
	cli_advise("\n'finwait sysctl NAME' says what it really does, and which probes show it.\n");
}

static int effect_refuse(const char *name)
{
	char words[400];

	return cli_say(EXIT_USAGE, "no probe knows '%s'%s", name,
	               effect_nearest(name, words, sizeof(words)));
}

int command_sysctl(int argc, char **argv)
{
	const struct effect *effect;

	if (argc > 2)
		return cli_say(EXIT_USAGE, "sysctl takes one name, not '%s' as well", argv[2]);
	if (argc < 2) {
		effects_list();
		return EXIT_AS_PREDICTED;
	}
	effect = effect_find(argv[1]);
	if (!effect)
		return effect_refuse(argv[1]);
	effect_print(effect);
	return EXIT_AS_PREDICTED;
}
