#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Each probe can fail: what its claim forbids is put into the record of a true run, and the
# judge, who knows nothing but the record, finds it.

load helper

# forbidden ID FINDING FILTER [OPTION...]: a run of ID (with OPTIONs) is as predicted; with
# jq's FILTER applied to each line of its record FINDING is not. Of how late the machine was
# nothing is kept, which would excuse it.
forbidden() {
	local id=$1 finding=$2 filter=$3

	cd "$BATS_TEST_TMPDIR"
	on_time "$FINWAIT" run "$id" --json "${@:4}" >true.jsonl
	json_holds true.jsonl "any(.[].findings[]?; .name == \"$finding\")"
	jq -c 'select(.kind != "late")' true.jsonl >intime.jsonl
	jq -c "$filter" intime.jsonl >forbidden.jsonl
	! cmp -s intime.jsonl forbidden.jsonl
	status=0
	"$FINWAIT" judge forbidden.jsonl --json >judged.jsonl || status=$?
	[ "$status" -eq 1 ] || fail_with "exit $status, not 1"
	json_holds judged.jsonl "any(.[].findings[]?; .name == \"$finding\" and .model_ok == false)"
}

# The settings in force: the kernel went by others.
in_force() {
	echo "if .type == \"probe\" then .sysctls.$1[\"net.ipv4.$2\"] = $3 else . end"
}

# A call's errno.
call_fails() {
	echo "if .call == \"$2\" and .sock == \"$1\" then .errno = $3 | .error = \"$4\" else . end"
}

# TCP's packets that $1 selects are changed by $2, as they were seen and as they were moved.
packets() {
	echo "if (.kind == \"packet\" or .kind == \"frame\") and .flags and ($1) then $2 else . end"
}

@test "loss.synack: the server's timer goes by another number" {
	forbidden loss.synack synack_retransmissions "$(in_force server tcp_synack_retries 3)" \
		--set tcp_syn_retries=1 --set tcp_synack_retries=0
}

@test "loss.ack: the server gives up after another number" {
	forbidden loss.ack synack_retransmissions "$(in_force server tcp_synack_retries 3)" \
		--set tcp_synack_retries=0
}

@test "loss.ack: an ACK that nothing asked for" {
	forbidden loss.ack acks_that_nothing_asked_for \
		"$(packets '.sock == "s1" and .flags == "SA"' '.t_ns -= 50000000')" \
		--set tcp_synack_retries=0
}

@test "loss.ack-data-completes: a byte is missing" {
	forbidden loss.ack-data-completes bytes_received \
		'if .call == "recv" and .sock == "s1" then .result -= 1 else . end' \
		--set tcp_synack_retries=0
}

@test "open.refused: another error" {
	forbidden open.refused connect "$(call_fails c1 SO_ERROR 110 ETIMEDOUT)"
}

@test "open.refused: a reset that acknowledges something else" {
	forbidden open.refused acknowledges_the_SYN "$(packets '.flags == "RA"' '.ack += 1')"
}

@test "open.syn-in-syn-sent: the SYN+ACK does what other kernels do" {
	forbidden open.syn-in-syn-sent ESTABLISHED_by_the_SYN+ACK 'if .type == "run" then
		.features.simultaneous_synack |= {accepted: "challenged", challenged: "accepted"}[.]
		else . end'
}

@test "open.four-tuple: connect() fails otherwise" {
	forbidden open.four-tuple the_same_again "$(call_fails c5 connect 22 EINVAL)"
}

@test "open.mss-from-mtu: an MSS that is not the link's" {
	forbidden open.mss-from-mtu mss "$(packets '.flags == "S"' '.options.mss -= 1')"
}

@test "open.data-on-third: the third packet is bare" {
	forbidden open.data-on-third bytes_in_the_third "$(packets '.sock == "c2" or .sock == "s2"' '.len = 0')"
}

@test "open.isn-clock: RFC 6528's clock" {
	forbidden open.isn-clock tick_ns \
		"$(packets '(.flags | startswith("S"))' '.seq = (.t_ns / 4000 | floor)')"
}

@test "open.isn-clock: a clock alone" {
	forbidden open.isn-clock hashes_spread_evenly \
		"$(packets '.flags == "S"' '.seq = (.t_ns / 64 | floor) % 4294967296')"
}

@test "history.delayed-data: the old text is read out of a number's window" {
	forbidden 'history.delayed-dat[a]' old_data_is_read \
		'if .call == "recv" and .sock == "s2" then .args |= sub("new data"; "old data") else . end'
}

@test "history.delayed-data: the old segment's timestamp is no older" {
	forbidden 'history.delayed-dat[a]' PAWSEstab \
		"$(packets '.sock == "c3" and .len > 0' '.options.ts_val += 1000000')"
}

@test "ask.connect-gives-up: the client goes by another number" {
	forbidden ask.connect-gives-up gives_up_after "$(in_force client tcp_syn_retries 3)" \
		--set tcp_syn_retries=1
}

@test "beyond.syn-linear: fewer linear time-outs" {
	json_holds <("$FINWAIT" run ask.connect-gives-up --json --set tcp_syn_retries=1) \
		'any(.[].findings[]?; .name == "waits_of_one_second" and .verdict != "skipped")' ||
		skip "this kernel has no tcp_syn_linear_timeouts"
	forbidden ask.connect-gives-up waits_of_one_second \
		"$(in_force client tcp_syn_linear_timeouts 0)" --set tcp_syn_retries=1
}

@test "ask.retries2-figures: the client sends more often" {
	forbidden ask.retries2-figures data_segments "$(in_force client tcp_retries2 0)" \
		--set tcp_retries2=1
}

@test "ask.loss-rto-floor: the server goes by a longer time" {
	forbidden ask.loss-rto-floor.rto-max fails_after "$(in_force server tcp_retries2 5)" \
		--set tcp_retries2=1
}

@test "ask.keepalive-figures: one probe more" {
	forbidden ask.keepalive-figures fails_after "$(in_force client tcp_keepalive_probes 2)" \
		--set tcp_keepalive_time=1 --set tcp_keepalive_probes=1 --set tcp_retries2=1
}

@test "ask.user-timeout: the option was another" {
	forbidden ask.user-timeout fails_after \
		'if .type == "probe" then .params.user_timeout_ms = 3500 else . end' \
		--param user_timeout_ms=1500
}

@test "ask.zero-window: a vanished peer is given up after more probes" {
	forbidden ask.zero-window window_probes "$(in_force client tcp_retries2 3)" \
		--set client:tcp_retries2=1
}

@test "ask.defer-accept: the listener waits longer" {
	forbidden ask.defer-accept half_open_for \
		'if .type == "probe" then .params.defer_s = 4 else . end' \
		--set tcp_synack_retries=0 --param=defer_s=1
}

@test "ask.defer-accept: a reset when the time is over" {
	forbidden ask.defer-accept resets "$(packets '.flags == "R"' '.t_ns -= 1000000000')" \
		--set tcp_synack_retries=0 --param=defer_s=1
}

@test "beyond.defer-accept: the second third packet is let in" {
	forbidden ask.defer-accept TCPDeferAcceptDrop \
		'if .name == "TcpExt.TCPDeferAcceptDrop" then .delta -= 1 else . end' \
		--set tcp_synack_retries=0 --param=defer_s=1
}

# probe | what its record is made to tell of the conditions | a figure that fails
FORBIDDEN='
wave1.lost-shutdown        | .sysctls.client["net.ipv4.tcp_retries2"] = 3            | fin_segments
wave1.lost-shutdown        | .sysctls.server["net.ipv4.tcp_orphan_retries"] = 3      | lifetime
wave2.lost                 | .sysctls.client["net.ipv4.tcp_orphan_retries"] = 3      | fin_segments
wave3.lost                 | .sysctls.server["net.ipv4.tcp_orphan_retries"] = 3      | fin_segments
wave3.lost                 | .sysctls.client["net.ipv4.tcp_fin_timeout"] = 4         | stay_in_FIN_WAIT2
orphan.sweep               | .sysctls.client["net.ipv4.tcp_orphan_retries"] = 2      | lifetime
orphan.icmp-error          | .sysctls.client["net.ipv4.tcp_orphan_retries"] = 3      | fins_after_the_error
orphan.icmp-error          | .sysctls.client["net.ipv4.tcp_retries2"] = 3            | lifetime
finwait2.close-timeout     | .sysctls.client["net.ipv4.tcp_fin_timeout"] = 3         | stay_in_FIN_WAIT2
finwait2.shutdown-forever  | .sysctls.client["net.ipv4.tcp_fin_timeout"] = 2         | from_close_to_the_end
finwait2.shutdown-forever  | .params.watched_s = 60                                  | stay_in_FIN_WAIT2
finwait2.long-timeout      | .sysctls.client["net.ipv4.tcp_fin_timeout"] = 62        | stay_in_FIN_WAIT2
finwait2.long-timeout      | .params.most_s = 100                                    | TCP_LINGER2_read_back
finwait2.pile-up           | .params.connections = 6                                 | server_CLOSE_WAIT
ask.fin-timeout-half-close | .sysctls.client["net.ipv4.tcp_fin_timeout"] = 2         | stay_in_FIN_WAIT2
ask.close-wait-keepalive   | .sysctls.server["net.ipv4.tcp_keepalive_probes"] = 4    | ends_after
ask.close-wait-keepalive   | .sysctls.server["net.ipv4.tcp_keepalive_time"] = 3      | ends_after
ask.fin-wait1-send-queue   | .sysctls.client["net.ipv4.tcp_orphan_retries"] = 3      | stay_in_FIN_WAIT1
ask.fin-wait1-send-queue   | .sysctls.server["net.ipv4.tcp_invalid_ratelimit"] = 0   | lives_after_its_first_probe
'

# The probes of the table, each id as a pattern that names no variant.
forbidden_probes() {
	sed -n 's/^\([a-z][^ ]*\)\([^ ]\) *|.*/\1[\2]/p' <<<"$FORBIDDEN" | sort -u
}

@test "chapters 6 and 7: each probe fails where its record tells another condition" {
	local id edit figure rows=0

	cd "$BATS_TEST_TMPDIR"
	# shellcheck disable=SC2046 # a word for each probe
	on_time "$FINWAIT" run $(forbidden_probes) --set tcp_orphan_retries=1 --set tcp_retries2=1 \
		--param watched_s=2 --param connections=5 --out out >run.txt
	while IFS='|' read -r id edit figure; do
		[ -n "$id" ] || continue
		id=${id%% *} figure=${figure// /} rows=$((rows + 1))
		jq -c "select(.kind != \"late\") | if .type == \"probe\" then $edit else . end" "out/$id.jsonl" \
			>"$id.jsonl"
		run "$FINWAIT" judge --json "$id.jsonl"
		[ "$status" -eq 1 ] || fail_with "$id with $edit: exit $status, not 1"
		jq -e -s "any(.[]; .type == \"result\" and any(.findings[];
			.name == \"$figure\" and .model_ok == false))" <<<"$output" >/dev/null ||
			fail_with "$id with $edit: $figure did not fail"
	done <<<"$FORBIDDEN"
	[ "$rows" -ge 15 ]
}
