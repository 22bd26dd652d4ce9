#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What can be asked: list --json, article, sysctl, ask.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# The ids in the tables of a file, a line each.
ids_in() {
	sed -n 's/^| \([a-z][a-z0-9]*\.[a-z0-9-]*\) |.*/\1/p' "$1" | sort
}

@test "list --json: every claim of docs/claims.md, or it is said to be open" {
	local docs=$TOP/docs/claims.md

	"$FINWAIT" list --json | jq -r '.claims[].id' | sort -u >judged
	ids_in "$docs" >claimed
	sed -n '/^## Open/,$s/^- \([a-z][a-z0-9.-]*\).*/\1/p' "$docs" | sort >open
	[ "$(wc -l <claimed)" -gt 100 ]
	# neither judged nor open; open although it is judged
	[ -z "$(comm -23 claimed judged | comm -23 - open)" ]
	[ -z "$(comm -12 judged open)" ]
}

@test "list --json: the articles that docs/claims.md gives" {
	"$FINWAIT" list --json | jq -r '.claims[] | "\(.id) \(.article)"' | sort -u >judged
	sed -n 's/^| \([a-z][a-z0-9]*\.[a-z0-9-]*\) | .* | \([A-D ]*\) |$/\1 \2/p' "$TOP/docs/claims.md" |
		sort >claimed
	cut -d' ' -f1 judged | sort -u >known
	[ -z "$(join <(sort claimed) known | sort | comm -23 - judged)" ]
}

@test "sweep-models: five values of each sysctl and parameter that a probe names, or all there are" {
	run -0 env FINWAIT="$FINWAIT" "$TOP/scripts/sweep-models" gaps
	[ -z "$output" ]
	# and it would say so
	mkdir scripts
	sed 's/over server:tcp_rmem close/over server:tcp_wmem close/; s/few .* | with tries simopen/few 1 2 | with tries simopen/' \
		"$TOP/scripts/sweep-models" >scripts/sweep-models
	run -1 env FINWAIT="$FINWAIT" bash scripts/sweep-models gaps
	[ "$output" = "close.unsent-data net.ipv4.tcp_rmem: 0 values
simopen.retry-loop tries: 3 values" ]
}

@test "article: its claims in order, says and measured, a line a kernel" {
	run -0 --separate-stderr "$FINWAIT" article
	[[ $output == *"A  TCP"* && $output == *"P  What people ask"* ]]
	[[ $output == *"2022-08-13, https://"*"no address is known"*"undated, https://"* ]]
	run --separate-stderr "$FINWAIT" article c
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ] # 3: a late machine, which host.bats looks at
	[ "${lines[0]}" = "C: 活久见!TCP两次挥手,你见过吗?那四次握手呢? (小白debug)" ]
	[ "${lines[2]}" = "   2021-09-25, https://mp.weixin.qq.com/s/Z0EqSihRaRbMscrZJl-zxQ" ]
	[[ $output == *"self.two-waves"*"confirmed"* ]]
	[[ $output != *"loss.syn"* ]]
	grep -q 'claims of article C: ' <<<"$output"
	refused 2 "no article has the letter 'x' (A, B, C, D, P)" "$FINWAIT" article x
}

@test "article: what takes real minutes is said, not waited for" {
	cd "$BATS_TEST_TMPDIR"
	run --separate-stderr timeout 120 "$FINWAIT" article a
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
	[[ $output == *"orphan.zero-means-eight"*"needs its real minutes"* ]]
}

@test "sysctl: what it does, the value here, who shows it; the nearest name" {
	run -0 "$FINWAIT" sysctl tcp_fin_timeout
	[[ $output == *"How long an orphan stays in FIN_WAIT2"* ]]
	[[ $output == *"tcp_rcv_state_process()"* ]]
	[[ $output == *"$(cat /proc/sys/net/ipv4/tcp_fin_timeout)"* ]]
	[[ $output == *"finwait2.close-timeout"* ]]
	run -0 "$FINWAIT" sysctl so_linger
	[[ $output == SO_LINGER* ]]
	run -0 "$FINWAIT" sysctl
	[[ $output == *"net.ipv4.tcp_orphan_retries"* ]]
	refused 2 "did you mean tcp_fin_timeout?" "$FINWAIT" sysctl tcp_fin_timout
	refused 2 "no probe knows 'zzz'" "$FINWAIT" sysctl zzz
}

# first WORDS...: the id that comes first
first() {
	"$FINWAIT" ask "$@" | sed -n '1s/:.*//p'
}

@test "ask: questions in plain words find their probe first" {
	[ "$(first FIN_WAIT2 stuck for hours)" = finwait2.close-timeout ] ||
		[[ $(first FIN_WAIT2 stuck for hours) == *fin* ]]
	[ "$(first how often is a SYN sent again)" = loss.syn ]
	[[ $(first the last ACK is lost) == wave4.lost ]]
	[ "$("$FINWAIT" ask ETIMEDOUT | grep -c '^  finwait run ')" -le 5 ]
	refused 2 "no probe has any of these words" "$FINWAIT" ask qwertzuiop
	refused 2 "ask wants a question" "$FINWAIT" ask
}
