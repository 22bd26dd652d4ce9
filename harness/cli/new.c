// SPDX-License-Identifier: GPL-2.0-or-later
/* new: a probe to start from, as a C file that compiles, runs and passes. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/buffer.h"
#include "../base/file.h"
#include "../run/registry.h"

#define ID_MAX 32

/* @ID@ and @SYMBOL@ are filled in. */
static const char template[] =
	"/*\n"
	" * What is asked: which states does each end pass through when a connection is opened?\n"
	" * tcp_v4_connect(), tcp_conn_request(), tcp_check_req().\n"
	" *\n"
	" *   client                         server\n"
	" *   CLOSE                          LISTEN\n"
	" *   SYN_SENT    ---- S ---->       SYN_RECV\n"
	" *   ESTABLISHED <--- SA ----\n"
	" *               ---- A ---->       ESTABLISHED\n"
	" *\n"
	" * Run it: finwait run ./@ID@.c --ladder\n"
	" */\n"
	"#include <finwait/probe.h>\n"
	"\n"
	"static void run(struct probe_run *run)\n"
	"{\n"
	"\tstruct sock *client, *server;\n"
	"\n"
	"\tflow_establish(run, 8080, &client, &server);\n"
	"}\n"
	"\n"
	"static void judge(const struct story *story, struct judge *judge)\n"
	"{\n"
	"\t(void)story; /* everything that was observed, for what no figure below tells */\n"
	"\tjudge_claim(judge, \"@ID@\");\n"
	"\tjudge_walk(judge, &(struct walk_figure){\n"
	"\t\t.host = SIDE_CLIENT,\n"
	"\t\t.sock = \"c1\",\n"
	"\t\t.says = \"SYN_SENT ESTABLISHED\", /* the article */\n"
	"\t\t.predicts = \"SYN_SENT ESTABLISHED\", /* the model */\n"
	"\t\t.rule = \"tcp_v4_connect(), tcp_rcv_synsent_state_process()\",\n"
	"\t});\n"
	"\tjudge_segments(judge, &(struct segments_figure){\n"
	"\t\t.says = \"S SA A\",\n"
	"\t\t.predicts = \"S SA A\",\n"
	"\t\t.rule = \"RFC 9293 3.5\",\n"
	"\t});\n"
	"}\n"
	"\n"
	"const struct probe @SYMBOL@ = {\n"
	"\t.id = \"@ID@\", /* the file's name */\n"
	"\t.title = \"Opening a connection\",\n"
	"\t.question = \"Which states does each end pass through?\",\n"
	"\t.kernel_path = \"tcp_v4_connect(), tcp_conn_request(), tcp_check_req()\",\n"
	"\t.wire = WIRE_HAND,\n"
	"\t.claims = {{\"@ID@\", \"-\", \"The client is ESTABLISHED after three segments.\"}},\n"
	"\t.run = run,\n"
	"\t.judge = judge,\n"
	"};\n";

static bool id_is_good(const char *id)
{
	size_t length = strlen(id);

	return length && length <= ID_MAX && id[0] >= 'a' && id[0] <= 'z' &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789.-") == length &&
	       id[length - 1] != '.' && id[length - 1] != '-';
}

/* The template with @id in it. */
static void template_fill(const char *id, struct buffer *text)
{
	char symbol[ID_MAX + 8];

	snprintf(symbol, sizeof(symbol), "probe_%s", id);
	for (char *s = symbol; *s; s++)
		if (*s == '.' || *s == '-')
			*s = '_';
	for (const char *at = template; *at;) {
		size_t plain = strcspn(at, "@");

		buffer_put(text, at, plain);
		at += plain;
		if (!strncmp(at, "@ID@", 4)) {
			buffer_add(text, "%s", id);
			at += 4;
		} else if (!strncmp(at, "@SYMBOL@", 8)) {
			buffer_add(text, "%s", symbol);
			at += 8;
		}
	}
}

static int source_write(const char *path, const struct buffer *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), err;

	if (fd < 0)
		return cli_say(EXIT_NOT_RUN, "%s: %s", path, strerror(errno));
	err = buffer_text(text) ? write_all(fd, text->data, text->used) : -ENOMEM;
	if (close(fd) < 0 && !err)
		err = -errno;
	if (!err)
		return EXIT_AS_PREDICTED;
	(void)unlink(path); /* half of it is of no use */
	return cli_say(EXIT_NOT_RUN, "%s: %s", path, strerror(-err));
}

int command_new(int argc, char **argv)
{
	struct buffer text = {0};
	char path[ID_MAX + 4];
	int code;

	if (argc != 2)
		return cli_say(EXIT_USAGE, "new takes one id, such as my.probe");
	if (!id_is_good(argv[1]))
		return cli_say(EXIT_USAGE,
		               "an id is up to %d letters a-z, digits, '.' and '-', not '%s'",
		               ID_MAX, argv[1]);
	if (registry_find(argv[1]))
		return cli_say(EXIT_USAGE, "there is a probe '%s' already", argv[1]);
	snprintf(path, sizeof(path), "%s.c", argv[1]);
	template_fill(argv[1], &text);
	code = source_write(path, &text);
	buffer_free(&text);
	if (!code)
		printf("%s is a probe to start from: finwait run ./%s --ladder\n", path, path);
	return code;
}
