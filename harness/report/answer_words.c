// SPDX-License-Identifier: GPL-2.0-or-later
#include "answer_words.h"

#include <stdio.h>
#include <string.h>

#include "verdict_words.h"

const char *answer_text(const struct finding *finding, char *buf, size_t size)
{
	char value[256];

	if (!finding)
		return "no such finding";
	snprintf(buf, size, "%s, %s%s", value_text(&finding->measured, value, sizeof(value)),
	         verdict_word(finding->verdict),
	         finding->model == MODEL_FAILS ? ", MODEL FAILED" : "");
	return buf;
}

const char *answer_title(struct finding_id id, const char *probe, char *buf, size_t size)
{
	char title[120];

	finding_title(id, title, sizeof(title));
	if (!strncmp(id.claim, probe, strlen(id.claim)))
		snprintf(buf, size, "%s", title);
	else
		snprintf(buf, size, "%s of %s", title, id.claim);
	return buf;
}
