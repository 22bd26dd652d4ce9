// SPDX-License-Identifier: GPL-2.0-or-later
#include "chapter.h"

#include <string.h>

/* As docs/claims.md has them. */
static const struct chapter chapters[] = {
	{"01-open", "1  Opening a connection"},
	{"02-handshake-lost", "2  Handshake packets lost"},
	{"03-history", "3  History: old segments meet new connections"},
	{"04-queues", "4  Queues and SYN flood"},
	{"05-close", "5  Closing: who sends what"},
	{"06-close-lost", "6  Closing: packets lost"},
	{"07-finwait2", "7  FIN_WAIT2 and CLOSE_WAIT"},
	{"08-timewait", "8  TIME_WAIT"},
	{"09-self", "9  Self-connect and simultaneous open"},
	{"10-wire", "10  Segments, datagrams, ports"},
	{"11-beyond", "11  Beyond the articles: the rest of the life cycle"},
	{"12-ask", "12  What people ask"},
	{NULL, "Probes of other folders"},
};

const struct chapter *chapter_of(const struct registry_row *row)
{
	const struct chapter *chapter = chapters;
	const char *slash = strchr(row->file, '/');

	while (chapter->folder) {
		size_t length = strlen(chapter->folder);

		if (slash && !strncmp(slash + 1, chapter->folder, length) &&
		    slash[1 + length] == '/')
			return chapter;
		chapter++;
	}
	return chapter;
}
