// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Faults as nftables rules. Everything lives in one table "finwait" of family
 * netdev with a chain for each link, on_LINK. libnftables answers in JSON:
 * the echo of an added rule has its handle, a listing its counters.
 */
#include "rule.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <nftables/libnftables.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netns.h"

struct chain {
	char ifname[IFNAMSIZ];
	struct chain *next;
};

struct ruleset {
	struct nft_ctx *nft;
	int netns_fd; /* libnftables opens a socket of its own now and then */
	struct chain *chains; /* made so far */
};

#define NFT_OUTPUT (NFT_CTX_OUTPUT_JSON | NFT_CTX_OUTPUT_HANDLE | NFT_CTX_OUTPUT_ECHO)

/* libnftables exits the whole program where there is no nfnetlink: look first. */
static int nfnetlink_try(struct fault *f)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);

	if (fd < 0)
		return fault_set(f, errno, "open an nfnetlink socket");
	close(fd);
	return 0;
}

static int ruleset_init(struct ruleset *rs, struct fault *f)
{
	int rc = nfnetlink_try(f);

	if (rc)
		return rc;
	rs->nft = nft_ctx_new(NFT_CTX_DEFAULT);
	if (!rs->nft || nft_ctx_buffer_output(rs->nft) || nft_ctx_buffer_error(rs->nft))
		return fault_set(f, ENOMEM, "open libnftables");
	nft_ctx_output_set_flags(rs->nft, NFT_OUTPUT);
	return 0;
}

struct ruleset *ruleset_open(int netns_fd, struct fault *f)
{
	struct ruleset *rs = calloc(1, sizeof(*rs));
	int back_fd = -1, rc;

	if (!rs) {
		(void)fault_set(f, ENOMEM, "open libnftables");
		return NULL;
	}
	rs->netns_fd = fcntl(netns_fd, F_DUPFD_CLOEXEC, 0);
	rc = rs->netns_fd < 0 ? fault_set(f, errno, "keep a descriptor of the namespace")
	                      : netns_visit(netns_fd, &back_fd, f);
	if (!rc)
		rc = netns_leave(back_fd, ruleset_init(rs, f), f);
	if (rc) {
		ruleset_close(rs);
		return NULL;
	}
	return rs;
}

void ruleset_close(struct ruleset *rs)
{
	struct chain *next;

	if (!rs)
		return;
	for (struct chain *chain = rs->chains; chain; chain = next) {
		next = chain->next;
		free(chain);
	}
	if (rs->nft)
		nft_ctx_free(rs->nft);
	if (rs->netns_fd >= 0)
		close(rs->netns_fd);
	free(rs);
}

/* libnftables gives no errno, but its last words are strerror()'s. */
static int words_errno(const char *words)
{
	static const int known[] = {ENOENT, EPERM,  EOPNOTSUPP, EEXIST, EBUSY,   EACCES,
	                            ENOMEM, ENOSPC, ENODEV,     ERANGE, ENOBUFS, EPROTONOSUPPORT};
	const char *tail = strstr(words, "Could not process rule: ");

	if (!tail)
		return EINVAL; /* the words of its parser */
	tail += strlen("Could not process rule: ");
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const char *said = strerror(known[i]);

		if (!strncmp(tail, said, strlen(said)))
			return known[i];
	}
	return EINVAL;
}

/*
 * libnftables' first complaint is three lines: the words, the command, and
 * carets under the part that is meant. One line of it: words at "part".
 */
static void words_fold(const char *words, char *buf, size_t size)
{
	const char *command, *carets, *end;
	size_t column, width;

	if (!strncmp(words, "Error: ", 7))
		words += 7;
	end = strchrnul(words, '\n');
	snprintf(buf, size, "%.*s", (int)(end - words), words);
	if (!*end)
		return;
	command = end + 1;
	end = strchrnul(command, '\n');
	if (!*end)
		return;
	carets = end + 1;
	column = strspn(carets, " \t");
	width = strspn(carets + column, "^~");
	if (!width || command + column + width > end)
		return;
	snprintf(buf + strlen(buf), size - strlen(buf), " at \"%.*s\"", (int)width,
	         command + column);
}

/* Run @command in @rs's namespace; @what for the fault. */
static int nft_run(struct ruleset *rs, const char *command, const char *what, struct fault *f)
{
	char words[192];
	const char *error;
	int back_fd, rc;

	rc = netns_visit(rs->netns_fd, &back_fd, f);
	if (rc)
		return rc;
	/* Reading the buffers empties them: what is in there later is of this command. */
	(void)nft_ctx_get_output_buffer(rs->nft);
	(void)nft_ctx_get_error_buffer(rs->nft);
	if (nft_run_cmd_from_buffer(rs->nft, command)) {
		error = nft_ctx_get_error_buffer(rs->nft);
		words_fold(error ? error : "", words, sizeof(words));
		rc = fault_set_ext(f, words_errno(error ? error : ""), words, "%s", what);
	}
	return netns_leave(back_fd, rc, f);
}

/* The rule object with @handle (0: any) in libnftables' answer; a reference of @root. */
static json_t *answer_rule(json_t *root, uint64_t handle)
{
	json_t *item, *rule;
	size_t i;

	json_array_foreach(json_object_get(root, "nftables"), i, item)
	{
		if (json_object_get(item, "add"))
			item = json_object_get(item, "add");
		rule = json_object_get(item, "rule");
		if (rule && (!handle || (uint64_t)json_integer_value(
						json_object_get(rule, "handle")) == handle))
			return rule;
	}
	return NULL;
}

/* The last rule's handle; 0: there is no rule in the answer. */
static uint64_t answer_last_handle(json_t *root)
{
	uint64_t handle = 0;
	json_t *item, *rule;
	size_t i;

	json_array_foreach(json_object_get(root, "nftables"), i, item)
	{
		if (json_object_get(item, "add"))
			item = json_object_get(item, "add");
		rule = json_object_get(item, "rule");
		if (rule)
			handle = (uint64_t)json_integer_value(json_object_get(rule, "handle"));
	}
	return handle;
}

static json_t *answer_parse(struct ruleset *rs)
{
	const char *text = nft_ctx_get_output_buffer(rs->nft);

	return text ? json_loads(text, 0, NULL) : NULL;
}

static bool chain_made(const struct ruleset *rs, const char *ifname)
{
	for (const struct chain *chain = rs->chains; chain; chain = chain->next)
		if (!strcmp(chain->ifname, ifname))
			return true;
	return false;
}

/* Since 6.16 the kernel takes a hook on a link that is not there (yet), and drops nothing. */
static int link_exists(struct ruleset *rs, const char *ifname, struct fault *f)
{
	int back_fd, rc = netns_visit(rs->netns_fd, &back_fd, f);

	if (rc)
		return rc;
	if (!if_nametoindex(ifname))
		rc = fault_set(f, errno, "make an ingress chain on link %s", ifname);
	return netns_leave(back_fd, rc, f);
}

/* Made on its own, not in the rule's batch: a bad rule must not undo it. */
static int chain_make(struct ruleset *rs, const char *ifname, struct fault *f)
{
	char command[256], what[64];
	struct chain *chain;
	int rc;

	if (chain_made(rs, ifname))
		return 0;
	if (strlen(ifname) >= IFNAMSIZ || strpbrk(ifname, "\"; \n"))
		return fault_set(f, EINVAL, "no link name for nft: %s", ifname);
	rc = link_exists(rs, ifname, f);
	if (rc)
		return rc;
	chain = calloc(1, sizeof(*chain));
	if (!chain)
		return fault_set(f, ENOMEM, "make the ingress chain of %s", ifname);
	strcpy(chain->ifname, ifname);
	snprintf(what, sizeof(what), "make the ingress chain of %s", ifname);
	snprintf(command, sizeof(command),
	         "add table netdev finwait; add chain netdev finwait on_%s "
	         "{ type filter hook ingress device \"%s\" priority 0; }",
	         ifname, ifname);
	rc = nft_run(rs, command, what, f);
	if (rc) {
		free(chain);
		return rc;
	}
	chain->next = rs->chains;
	rs->chains = chain;
	return 0;
}

/* An expression must stay within its rule. */
static int expr_check(const char *expr, struct fault *f)
{
	if (strpbrk(expr, ";#\n"))
		return fault_set(f, EINVAL, "rule \"%s\": one expression, without ; # or newline",
		                 expr);
	return 0;
}

/* An older kernel (5.10) does not echo what was added: the chain's last rule is it. */
static int rule_find_last(struct ruleset *rs, const char *ifname, uint64_t *handle,
                          const char *what, struct fault *f)
{
	char command[96];
	json_t *root;
	int rc;

	snprintf(command, sizeof(command), "list chain netdev finwait on_%s", ifname);
	rc = nft_run(rs, command, what, f);
	if (rc)
		return rc;
	root = answer_parse(rs);
	*handle = answer_last_handle(root);
	json_decref(root);
	return *handle ? 0 : fault_set(f, EPROTO, "%s: libnftables told no handle", what);
}

/*
 * The first packets are told by a number that each one that came so far takes, from 0 on
 * (nft_ng_inc_init()); it would begin anew after RULE_PACKETS_MAX. What is copied goes on at
 * once, as what is dropped does: the rules behind do not see it.
 */
static int rule_command(const char *ifname, const struct rule_spec *spec, char *buf, size_t size)
{
	char first[64] = "", verdict[64] = "drop";
	int n;

	if (spec->packets)
		snprintf(first, sizeof(first), " numgen inc mod %d < %u", RULE_PACKETS_MAX,
		         spec->packets);
	if (spec->copy_to)
		snprintf(verdict, sizeof(verdict), "dup to \"%s\" accept", spec->copy_to);
	n = snprintf(buf, size, "add rule netdev finwait on_%s %s%s counter %s", ifname, spec->expr,
	             first, verdict);
	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

int rule_add(struct ruleset *rs, const char *ifname, const struct rule_spec *spec, uint64_t *handle,
             struct fault *f)
{
	char command[768], what[sizeof(f->what)];
	json_t *root;
	int rc;

	rc = expr_check(spec->expr, f);
	if (!rc)
		rc = chain_make(rs, ifname, f);
	if (rc)
		return rc;
	snprintf(what, sizeof(what), "%s \"%s\" at %s", spec->copy_to ? "copy" : "drop", spec->expr,
	         ifname);
	if (rule_command(ifname, spec, command, sizeof(command)) < 0)
		return fault_set(f, ENAMETOOLONG, "%s", what);
	rc = nft_run(rs, command, what, f);
	if (rc)
		return rc;
	root = answer_parse(rs);
	*handle = answer_last_handle(root);
	json_decref(root);
	return *handle ? 0 : rule_find_last(rs, ifname, handle, what, f);
}

int rule_add_drop(struct ruleset *rs, const char *ifname, const char *expr, uint64_t *handle,
                  struct fault *f)
{
	const struct rule_spec spec = {.expr = expr};

	return rule_add(rs, ifname, &spec, handle, f);
}

int rule_delete(struct ruleset *rs, const char *ifname, uint64_t handle, struct fault *f)
{
	char command[160], what[96];

	snprintf(what, sizeof(what), "delete rule %llu at %s", (unsigned long long)handle, ifname);
	snprintf(command, sizeof(command), "delete rule netdev finwait on_%s handle %llu", ifname,
	         (unsigned long long)handle);
	return nft_run(rs, command, what, f);
}

/* The counter that rule_add() put last. */
static json_t *rule_counter(json_t *rule)
{
	json_t *part, *counter = NULL;
	size_t i;

	json_array_foreach(json_object_get(rule, "expr"), i, part)
	{
		if (json_object_get(part, "counter"))
			counter = json_object_get(part, "counter");
	}
	return counter;
}

int rule_count(struct ruleset *rs, const char *ifname, uint64_t handle, uint64_t *packets,
               struct fault *f)
{
	char command[96], what[96];
	json_t *root, *counter;
	int rc;

	snprintf(what, sizeof(what), "count rule %llu at %s", (unsigned long long)handle, ifname);
	snprintf(command, sizeof(command), "list chain netdev finwait on_%s", ifname);
	rc = nft_run(rs, command, what, f);
	if (rc)
		return rc;
	root = answer_parse(rs);
	counter = rule_counter(answer_rule(root, handle));
	if (counter)
		*packets = (uint64_t)json_integer_value(json_object_get(counter, "packets"));
	json_decref(root);
	return counter ? 0 : fault_set(f, ENOENT, "%s", what);
}
