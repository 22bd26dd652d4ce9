// SPDX-License-Identifier: GPL-2.0-or-later
#include "show_probe.h"

#include <stdio.h>

#include "../record/article.h"
#include "cli.h"

void show_articles(const char *letters)
{
	const struct article *article;

	for (unsigned int i = 0; (article = article_at(i)); i++)
		if (article_is_cited(article, letters))
			cli_text(6, "%c: %s", article->letter, article->title);
}

static void show_claims(const struct probe *probe)
{
	printf("\nClaims\n");
	for (int i = 0; i < CLAIMS_PER_PROBE && probe->claims[i].id; i++) {
		cli_text(2, "%s", probe->claims[i].id);
		cli_text(6, "%s", probe->claims[i].text);
		show_articles(probe->claims[i].article);
	}
}

static void show_settings(const struct probe *probe)
{
	if (probe->sysctls[0].name)
		printf("\nSysctls, set in both hosts (--set changes them)%*squick  faithful\n", 4,
		       "");
	for (int i = 0; i < SETTINGS_PER_PROBE && probe->sysctls[i].name; i++)
		printf("  %-44s %9s %9s\n", probe->sysctls[i].name,
		       probe->sysctls[i].quick ? probe->sysctls[i].quick : "default",
		       probe->sysctls[i].faithful ? probe->sysctls[i].faithful : "default");
	if (probe->params[0].name)
		printf("\nParameters (--param changes them)%*squick  faithful\n", 18, "");
	for (int i = 0; i < SETTINGS_PER_PROBE && probe->params[i].name; i++) {
		printf("  %-44s %9lld %9lld\n", probe->params[i].name,
		       (long long)probe->params[i].quick, (long long)probe->params[i].faithful);
		cli_text(6, "%s", probe->params[i].text);
	}
}

static const char *wire_words(enum wire_kind wire)
{
	switch (wire) {
	case WIRE_KERNEL:
		return "two hosts on a bridge; faults are nftables rules on its ports";
	case WIRE_HAND:
		return "two hosts; the harness moves each frame itself";
	case WIRE_ROUTED:
		return "two hosts, each in a net of its own, and a router between them; faults are "
		       "nftables rules on its ports";
	case WIRE_NONE:
		return "one host that talks to itself over lo";
	case WIRE_KIND_COUNT:
		break;
	}
	return "";
}

/* The rows of the probe's grid, with what each has of its own. */
static void show_variants(const struct probe *probe)
{
	printf("\nVariants\n");
	for (const struct variant *variant = probe->variants; variant->suffix; variant++) {
		cli_text(2, "%s%s%s%s%s", probe->id, *variant->suffix ? "." : "", variant->suffix,
		         variant->title ? "  " : "", variant->title ? variant->title : "");
		if (variant->slow)
			printf("      Needs its real minutes: runs when named, or with "
			       "--faithful.\n");
		for (int i = 0; i < SETTINGS_PER_PROBE && variant->params[i].name; i++)
			printf("      %-40s %9lld %9lld\n", variant->params[i].name,
			       (long long)variant->params[i].quick,
			       (long long)variant->params[i].faithful);
		for (int i = 0; i < SETTINGS_PER_PROBE && variant->sysctls[i].name; i++)
			printf("      %-40s %9s %9s\n", variant->sysctls[i].name,
			       variant->sysctls[i].quick ? variant->sysctls[i].quick : "default",
			       variant->sysctls[i].faithful ? variant->sysctls[i].faithful
			                                    : "default");
	}
}

static void show_needs(const struct probe *probe)
{
	static const struct {
		unsigned int need;
		const char *words;
	} needs[] = {
		{NEEDS_VM, "a kernel of its own: run it with --kernel"},
		{NEEDS_NETEM, "the kernel's netem"},
		{NEEDS_TRACE, "eBPF, and so root"},
		{NEEDS_IPV4, "IPv4, which it asks about alone"},
		{NEEDS_IPV6, "IPv6, which it asks about alone: run it with -6"},
	};

	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (probe->needs & needs[i].need)
			printf("\nNeeds %s.\n", needs[i].words);
	if (probe->slow)
		printf("\nNeeds its real minutes: runs when named, or with --faithful.\n");
}

void show_probe(const struct probe *probe)
{
	cli_text(0, "%s: %s", probe->id, probe->title);
	putchar('\n');
	cli_text(2, "%s", probe->question);
	show_claims(probe);
	printf("\nBench\n");
	cli_text(2, "%s", wire_words(probe->wire));
	show_settings(probe);
	if (probe->variants)
		show_variants(probe);
	printf("\nKernel path\n");
	cli_text(2, "%s", probe->kernel_path);
	show_needs(probe);
}
