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
	" * What is asked: do bytes that are sent just before close() arrive? And what does\n"
	" * the other end become? tcp_sendmsg_locked(), tcp_close(), tcp_fin().\n"
	" *\n"
	" *   client                         server\n"
	" *   send()      ---- PA --->       recv()\n"
	" *   close()     ---- FA --->       CLOSE_WAIT\n"
	" *\n"
	" * Run it: finwait run ./@ID@.c --ladder\n"
	" *\n"
	" * What there is, each in a header beside probe.h: step/sock_verbs.h sockets;\n"
	" * probe.h waiting and the wire; judge/judge.h figures; judge/measure.h what was\n"
	" * measured; judge/model.h what the kernel's rules predict; record/event.h packets\n"
	" * and states.\n"
	" */\n"
	"#include <finwait/probe.h>\n"
	"\n"
	"#define BYTES 100\n"
	"\n"
	"static void run(struct probe_run *run)\n"
	"{\n"
	"\tstruct sock *client, *server;\n"
	"\n"
	"\tflow_establish(run, 8080, &client, &server);\n"
	"\tsock_send(client, BYTES);\n"
	"\tsock_close(client);\n"
	"\t/* Within: if not, the judge tells. await_state() would end the run, inconclusive. */\n"
	"\tawait_state_within(server, STATE_CLOSE_WAIT, AWAIT_LIMIT_MS);\n"
	"\tsock_try_receive(server, BYTES); /* all of it: the FIN came behind it */\n"
	"}\n"
	"\n"
	"static void judge(const struct story *story, struct judge *judge)\n"
	"{\n"
	"\t(void)story; /* for a model: story->rec has the sysctls in force */\n"
	"\tjudge_claim(judge, \"@ID@\");\n"
	"\tjudge_count(judge, &(struct figure){\n"
	"\t\t.name = \"bytes_received\",\n"
	"\t\t.says = value_count(BYTES), /* the article; leave it out where it gives none */\n"
	"\t\t.predicts = value_count(BYTES), /* the model */\n"
	"\t\t.measured = measure_total(judge, SIDE_SERVER, \"s1\", \"recv\"),\n"
	"\t\t.rule = \"tcp_close(): data goes before the FIN\",\n"
	"\t});\n"
	"\tjudge_walk(judge, &(struct walk_figure){\n"
	"\t\t.host = SIDE_SERVER,\n"
	"\t\t.sock = \"s1\",\n"
	"\t\t.says = \"SYN_RECV ESTABLISHED CLOSE_WAIT\",\n"
	"\t\t.predicts = \"SYN_RECV ESTABLISHED CLOSE_WAIT\",\n"
	"\t\t.rule = \"tcp_check_req(), tcp_fin()\",\n"
	"\t});\n"
	"}\n"
	"\n"
	"const struct probe @SYMBOL@ = {\n"
	"\t.id = \"@ID@\", /* the file's name */\n"
	"\t.title = \"Bytes before a close\",\n"
	"\t.question = \"Do bytes that are sent just before close() arrive?\",\n"
	"\t.kernel_path = \"tcp_sendmsg_locked(), tcp_close(), tcp_send_fin(), tcp_fin()\",\n"
	"\t.wire = WIRE_HAND, /* carries frames one by one: no state passes unseen */\n"
	"\t.claims = {{\"@ID@\", \"-\", \"What was sent before close() arrives.\"}},\n"
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
