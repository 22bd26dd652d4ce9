// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mutate: what of a false record does the examination see?
 *
 *   mutate [-v] RECORD...             a table: of each mutation how many were seen, of how
 *                                     many; -v: each that was not
 *   mutate -n NAME [-s SEED] RECORD   the mutant's lines, to be judged
 *   mutate -o OBSERVER RECORD         the record's lines without what that observer told
 *   mutate -l                         the names of the mutations that can be seen
 *
 * Exits with 1 if a good record is not explained, or if no mutant of a kind was seen in any
 * record although it can be.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../harness/examine/examine.h"
#include "../../harness/record/json.h"
#include "mutations.h"

#define SEEDS 8 /* mutants of one kind and record */

static struct record *record_open(const char *path)
{
	FILE *file = fopen(path, "r");
	struct record *rec = file ? record_new() : NULL;
	char why[200] = "cannot be opened";

	if (rec && json_read_file(rec, file, why) < 0) {
		record_free(rec);
		rec = NULL;
	}
	if (file)
		fclose(file);
	if (!rec) {
		fprintf(stderr, "mutate: %s: %s\n", path, why);
		exit(2);
	}
	record_sort(rec);
	return rec;
}

static size_t unexplained_count(const struct record *rec, bool print)
{
	struct examination examination = {0};
	struct story story;
	size_t count;

	if (story_build(rec, &story) < 0)
		exit(2);
	if (examine_story(&story, &examination) < 0)
		exit(2);
	count = examination.count;
	for (size_t i = 0; print && i < count; i++)
		printf("  %s\n", examination.items[i].text);
	examination_free(&examination);
	story_free(&story);
	return count;
}

struct score {
	unsigned int seen, made;
};

static void mutant_try(const char *path, const struct mutation *mutation, uint64_t seed,
                       struct score *score, bool verbose)
{
	struct record *rec = record_open(path);

	if (mutation->apply(rec, seed)) {
		bool seen = unexplained_count(rec, false) > 0;

		score->made++;
		score->seen += seen;
		if (!seen && verbose && !mutation->unseen)
			printf("  %s -n %s -s %llu: not seen\n", path, mutation->name,
			       (unsigned long long)seed);
	}
	record_free(rec);
}

static int table_print(char **paths, int count, bool verbose)
{
	const struct mutation *mutation;
	int bad = 0;

	for (int i = 0; i < count; i++) {
		struct record *rec = record_open(paths[i]);

		if (unexplained_count(rec, true)) {
			printf("%s is not explained as it is\n", paths[i]);
			bad = 1;
		}
		record_free(rec);
	}
	for (size_t m = 0; (mutation = mutation_at(m)); m++) {
		struct score score = {0, 0};

		for (int i = 0; i < count; i++)
			for (uint64_t seed = 0; seed < SEEDS; seed++)
				mutant_try(paths[i], mutation, seed, &score, verbose);
		printf("%-24s %4u of %4u%s%s\n", mutation->name, score.seen, score.made,
		       mutation->unseen ? "  cannot be seen: " : "",
		       mutation->unseen ? mutation->unseen : "");
		bad |= score.made && !score.seen && !mutation->unseen;
	}
	return bad;
}

static const struct mutation *mutation_find(const char *name)
{
	const struct mutation *mutation;

	for (size_t m = 0; (mutation = mutation_at(m)); m++)
		if (!strcmp(mutation->name, name))
			return mutation;
	fprintf(stderr, "mutate: no mutation is called %s\n", name);
	exit(2);
}

static void line_put(char *line)
{
	if (!line || puts(line) < 0)
		exit(2);
	free(line);
}

static void record_write(const struct record *rec)
{
	line_put(json_run_line(&rec->run));
	line_put(json_probe_line(rec));
	for (size_t i = 0; i < rec->event_count; i++)
		line_put(json_event_line(rec->probe, &rec->events[i]));
	line_put(json_result_line(rec));
}

static int mutant_write(const char *path, const struct mutation *mutation, uint64_t seed)
{
	struct record *rec = record_open(path);

	if (!mutation->apply(rec, seed))
		return 3;
	record_write(rec);
	record_free(rec);
	return 0;
}

/* It was there, and told of nothing: what changes in a finding then rests on it. */
static int silence_write(const char *path, const char *name)
{
	struct record *rec = record_open(path);
	int observer = observer_parse(name);
	size_t kept = 0;

	if (observer < 0)
		return 2;
	for (size_t i = 0; i < rec->event_count; i++)
		if (event_observer(rec->events[i].kind) != (enum observer)observer)
			rec->events[kept++] = rec->events[i];
	rec->event_count = kept;
	record_write(rec);
	record_free(rec);
	return 0;
}

static int names_print(void)
{
	const struct mutation *mutation;

	for (size_t m = 0; (mutation = mutation_at(m)); m++)
		if (!mutation->unseen)
			puts(mutation->name);
	return 0;
}

int main(int argc, char **argv)
{
	const struct mutation *mutation = NULL;
	const char *observer = NULL;
	bool verbose = false;
	uint64_t seed = 0;
	int option;

	while ((option = getopt(argc, argv, "ln:o:s:v")) != -1) {
		if (option == 'n')
			mutation = mutation_find(optarg);
		else if (option == 'o')
			observer = optarg;
		else if (option == 'l')
			return names_print();
		else if (option == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (option == 'v')
			verbose = true;
		else
			return 2;
	}
	if (observer && optind < argc)
		return silence_write(argv[optind], observer);
	if (mutation && optind < argc)
		return mutant_write(argv[optind], mutation, seed);
	return table_print(argv + optind, argc - optind, verbose);
}
