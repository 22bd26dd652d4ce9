// SPDX-License-Identifier: GPL-2.0-or-later
/* figures: each kind of figure that a probe may state, as one finding. */
#include <string.h>

#include "../base/buffer.h"
#include "judging.h"
#include "measure.h"

void judge_count(struct judge *judge, const struct figure *figure)
{
	judge_figure(judge, "count", VALUE_COUNT, figure);
}

void judge_time(struct judge *judge, const struct figure *figure)
{
	judge_figure(judge, "s", VALUE_TIME, figure);
}

void judge_words(struct judge *judge, const struct figure *figure)
{
	judge_figure(judge, "text", VALUE_TEXT, figure);
}

void judge_truth(struct judge *judge, const struct figure *figure)
{
	judge_figure(judge, "yes/no", VALUE_TEXT, figure);
}

/* The next blank-separated word of *text, its length in *length; NULL at the end. */
static const char *word_next(const char **text, size_t *length)
{
	const char *word = *text + strspn(*text, " ");

	*length = strcspn(word, " ");
	*text = word + *length;
	return *length ? word : NULL;
}

/* Whether @part is @whole with words left out; those are put into @missing. */
static bool words_missing(const char *part, const char *whole, struct buffer *missing)
{
	size_t part_len, whole_len;
	const char *want = word_next(&part, &part_len), *word;

	while ((word = word_next(&whole, &whole_len))) {
		if (want && part_len == whole_len && !strncmp(want, word, part_len))
			want = word_next(&part, &part_len);
		else
			buffer_add(missing, "%s%.*s", missing->used ? " " : "", (int)whole_len,
			           word);
	}
	return !want;
}

/* Without trace: why a walk with states too few is not judged; NULL: it is. */
static const char *walk_skip(struct judge *judge, const struct measured *walk,
                             const char *predicted)
{
	struct buffer missing = {0};
	const char *skip = NULL, *states;

	if (judged_story(judge)->rec->observed[OBSERVER_TRACE] || walk->value.kind == VALUE_NONE)
		return NULL;
	if (strcmp(walk->value.text, predicted) != 0 &&
	    words_missing(walk->value.text, predicted, &missing)) {
		states = buffer_text(&missing);
		skip = judge_text(judge, "needs trace: %s passed unseen between two polls",
		                  states ? states : "a state");
	}
	buffer_free(&missing);
	return skip;
}

void judge_walk(struct judge *judge, const struct walk_figure *walk)
{
	struct figure figure = {
		.name = judge_text(judge, "%s_states",
	                           walk->sock[0] == 'l' ? "listener" : side_name(walk->host)),
		.says = value_words(walk->says),
		.predicts = value_words(walk->predicts),
		.measured = measure_walk(judge, walk->host, walk->sock),
		.rule = walk->rule,
	};

	if (!figure.measured.why_not)
		figure.measured.skip = walk_skip(judge, &figure.measured, walk->predicts);
	judge_figure(judge, "states", VALUE_TEXT, &figure);
}

void judge_segments(struct judge *judge, const struct segments_figure *segments)
{
	struct sent sent = sent_all_since(judge, segments->from);

	judge_figure(judge, "flags", VALUE_TEXT,
	             &(struct figure){
			     .name = "segments",
			     .says = value_words(segments->says),
			     .predicts = value_words(segments->predicts),
			     .measured = measure_flags(judge, &sent),
			     .rule = segments->rule,
		     });
}

void judge_errno(struct judge *judge, const struct errno_figure *call)
{
	judge_figure(judge, "errno", VALUE_TEXT,
	             &(struct figure){
			     .name = "error",
			     .says = value_words(call->says),
			     .predicts = value_words(call->predicts),
			     .measured = measure_errno(judge, call->host, call->sock, call->call),
			     .rule = call->rule,
		     });
}

void judge_given_up(struct judge *judge, const struct given_up_figure *end)
{
	judge_errno(judge, &(struct errno_figure){
				   .host = end->host,
				   .sock = end->sock,
				   .call = "SO_ERROR",
				   .says = end->says,
				   .predicts = "ETIMEDOUT",
				   .rule = "tcp_write_err()",
			   });
	judge_walk(judge, &(struct walk_figure){
				  .host = end->host,
				  .sock = end->sock,
				  .predicts = end->walk,
				  .rule = "tcp_write_err(), tcp_done()",
			  });
}
