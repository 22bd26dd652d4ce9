// SPDX-License-Identifier: GPL-2.0-or-later
/* sysctl: what a setting really does, its value here, and the probes that show it. */
#include "../run/effect.h"
#include "cli.h"
#include "format.h"
#include "named.h"

#define NAME_COLUMNS 34

static void effects_list(void)
{
	const struct effect *effect;
	char value[256];

	for (unsigned int i = 0; (effect = effect_at(i)); i++) {
		*value = '\0';
		if (effect_is_sysctl(effect))
			sysctl_value_here(effect->name, value, sizeof(value));
		printf("%-*s %s\n", NAME_COLUMNS, effect->name, value);
	}
	cli_advise("\n'finwait sysctl NAME' says what it really does, and which probes show it.\n");
}

/* One, or all of them (NULL). */
static int effects_rows(const struct effect *one)
{
	struct grid grid = grid_open("finwait sysctl");
	const struct effect *effect;

	effect_columns(&grid);
	for (unsigned int i = 0; (effect = effect_at(i)); i++)
		if (!one || effect == one)
			effect_put(&grid, effect);
	return format_print(&grid);
}

static int effect_refuse(const char *name)
{
	char words[400];

	return cli_say(EXIT_USAGE, "no probe knows '%s'%s", name,
	               effect_nearest(name, words, sizeof(words)));
}

int command_sysctl(int argc, char **argv)
{
	const struct effect *effect = NULL;

	if (argc > 2)
		return cli_say(EXIT_USAGE, "sysctl takes one name, not '%s' as well", argv[2]);
	if (argc > 1 && !(effect = effect_find(argv[1])))
		return effect_refuse(argv[1]);
	if (cli_format() != FORMAT_TEXT)
		return effects_rows(effect);
	if (effect)
		effect_print(effect);
	else
		effects_list();
	return EXIT_AS_PREDICTED;
}
