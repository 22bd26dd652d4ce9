// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store_scale [ANSWERS]: what it costs to keep so many answers (100,000), to look one of them up,
 * and to list them all, in the store of XDG_CACHE_HOME. Prints lines of "name value unit".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../harness/base/clock.h"
#include "../../harness/run/registry.h"
#include "../../harness/store/survey.h"

#define LOOK_UPS 20000
#define KERNELS 4
#define TEXT_SIZE 400

const struct registry_entry registry[] = {{0}};

/* As long as a probe's with a few settings. */
static struct answer_key key_of(size_t number, char text[TEXT_SIZE])
{
	struct answer_key key = {.text = text};

	snprintf(key.guest, sizeof(key.guest), "6.%zu.1-cloud-amd64-0123456789abcdef",
	         number % KERNELS);
	snprintf(text, TEXT_SIZE,
	         "key 1\nguest %s\njob {\"id\":\"orphan.sweep\",\"family\":4,\"slack_ms\":10,"
	         "\"faithful\":true,\"params\":{\"late\":1},\"client_sysctls\":{"
	         "\"net.ipv4.tcp_orphan_retries\":%zu},\"server_sysctls\":{}}\n",
	         key.guest, number);
	key.digest = digest_add(DIGEST_START, text, strlen(text));
	return key;
}

static int answers_put(const struct store *store, size_t count, struct fault *f)
{
	struct answer answer = {.took_ns = 1};
	char text[TEXT_SIZE];
	int err = 0;

	for (int i = 0; i < 40; i++)
		buffer_add(&answer.lines, "{\"type\":\"event\",\"t_ns\":%d}\n", i * 1000003);
	buffer_add(&answer.result, "{\"type\":\"result\",\"probe\":\"a\",\"outcome\":\"ok\"}\n");
	for (size_t i = 0; i < count && !err; i++) {
		struct answer_key key = key_of(i, text);

		err = store_put(store, &key, &answer, f);
	}
	answer_clear(&answer);
	return err;
}

/* Each of LOOK_UPS finds its answer, else -ENOENT. */
static int answers_get(const struct store *store, size_t count, struct fault *f)
{
	int found = 1;

	srandom(1);
	for (int i = 0; i < LOOK_UPS && found == 1; i++) {
		char text[TEXT_SIZE];
		struct answer_key key = key_of((size_t)random() % count, text);
		struct answer answer;

		found = store_get(store, &key, ANSWER_RESULT, &answer, f);
		answer_clear(&answer);
	}
	return found == 1 ? 0 : fault_refuse(f, 2, "an answer is not found");
}

static double seconds_since(int64_t begin_ns)
{
	return (double)(clock_mono_ns() - begin_ns) / NS_PER_S;
}

int main(int argc, char **argv)
{
	size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
	struct store_survey survey;
	struct store store;
	struct fault fault;
	int64_t begin_ns = clock_mono_ns();
	char text[400];

	if (!count || store_open(&store, &fault) < 0 || answers_put(&store, count, &fault) < 0)
		goto failed;
	printf("store_put %.1f us\n", seconds_since(begin_ns) * 1e6 / (double)count);
	begin_ns = clock_mono_ns();
	if (answers_get(&store, count, &fault) < 0)
		goto failed;
	printf("store_get %.1f us\n", seconds_since(begin_ns) * 1e6 / LOOK_UPS);
	begin_ns = clock_mono_ns();
	if (store_survey(&store, &survey, &fault) < 0 || survey.all.answers != count)
		goto failed;
	printf("store_list %.3f s\n", seconds_since(begin_ns));
	store_survey_free(&survey);
	return EXIT_SUCCESS;
failed:
	fprintf(stderr, "store_scale: %s\n", fault_text(&fault, text, sizeof(text)));
	return EXIT_FAILURE;
}
