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

@test "timewait.syn-reopens: the server knew no timestamp" {
	forbidden 'timewait.syn-reopen[s]' answer \
		"$(packets '.flags == "FA"' 'del(.options.ts_val, .options.ts_ecr)')"
}

@test "timewait.syn-reopens: no connection came of a newer number" {
	forbidden 'timewait.syn-reopen[s]' PassiveOpens \
		'if .name == "Tcp.PassiveOpens" and .mark == "after 0" then .delta -= 1 else . end'
}

# The same record with one challenge ACK less: no packet of it, no count.
ONE_FEWER='
[$rec[] | select(.kind == "packet" and .flags == "A" and (.src | test(":8082$"))) | .dst][-1] as $last |
$rec[] |
select((.kind == "packet" or .kind == "frame") and .flags == "A" and .dst == $last and (.src | test(":8082$")) | not) |
if .kind == "counter" and .mark == null and ("\(.host) \(.name)" |
	IN("server TcpExt.TCPChallengeACK", "server Tcp.OutSegs", "server Ip.OutRequests",
		"client Ip.InReceives", "client Ip.InDelivers", "client Tcp.InSegs"))
then .delta -= 1 else . end
'

@test "history.challenge-ack: what is drawn by chance is no other answer" {
	cd "$BATS_TEST_TMPDIR"
	mkdir fewer
	for _ in 1 2 3; do # 20, but for one time in 38
		on_time "$FINWAIT" run history.challenge-ack --param limit=38 --out kept >run.txt
		jq -nc --slurpfile rec kept/history.challenge-ack.jsonl "$ONE_FEWER" >fewer/history.challenge-ack.jsonl
		"$FINWAIT" judge fewer --json >judged.jsonl && break
	done
	json_holds judged.jsonl 'any(.[].findings[]?; .name == "TCPChallengeACK" and .measured == 19)'
	status=0
	"$FINWAIT" judge fewer --expect kept >judged.txt || status=$?
	[ "$status" -eq 0 ] || fail_with "$(cat judged.txt)"
	grep -q ' 0 unexpected' judged.txt
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

# probe | what its record is made to tell | a figure that fails. What begins with a dot is said of
# the conditions that the kernel went by, the rest of what it did (EDITS).
FORBIDDEN='
open.three-way              | packets(.flags == "A"; .flags = "PA")                   | segments
loss.syn                    | .sysctls.client["net.ipv4.tcp_syn_retries"] = 3         | retransmissions
history.fin-hits-new-client | packets(.flags == "R"; .flags = "A")                    | answer
queue.synack-retries-drain  | .params.high = 2                                        | left_in_a_full_queue
queue.synack-retries-drain  | .sysctls.server["net.ipv4.tcp_synack_retries"] = 2      | left_in_a_full_queue
history.challenge-ack       | .params.limit = 100                                     | challenge_ACKs
history.challenge-ack       | .sysctls.server["net.ipv4.tcp_invalid_ratelimit"] = 0   | TCPACKSkippedChallenge
history.challenge-ack       | counter("TcpExt.TCPChallengeACK"; .delta += 1)          | TCPChallengeACK_counts_each
history.challenge-ack       | counter("TcpExt.TCPChallengeACK"; .delta += 10)         | TCPChallengeACK
history.challenge-ack       | call("c4"; "SO_ERROR"; .errno = 110 | .error = "ETIMEDOUT") | connect
history.challenge-ack       | packets(.flags == "A" and (.sock == "s1" or .sock == "c2"); .ack += 1) | acknowledges_the_old_SYN
history.no-timewait-rst     | .sysctls.client["net.ipv4.tcp_max_tw_buckets"] = 16     | answers_to_the_fins
history.old-syn             | call("c2"; "SO_ERROR"; .errno = 111 | .error = "ECONNREFUSED") | error
history.old-syn             | packets(.sock == "c2" and .flags == "R"; .seq += 1)     | the_reset_has_its_number
history.syn-hits-last-ack   | call("c2"; "SO_ERROR"; .errno = 111 | .error = "ECONNREFUSED") | error
history.timewait-absorbs    | .sysctls.client["net.ipv4.tcp_rfc1337"] = 1             | client_states
queue.accept-full           | .params.backlog = 6                                     | in_accept_queue
queue.syn-full              | .sysctls.server["net.ipv4.tcp_max_syn_backlog"] = 8     | half_open
close.by-exit               | packets(.flags | contains("R"); .flags = "FA")          | resets
close.four-waves            | packets(.flags == "FA"; .flags = "FPA")                 | segments
close.indistinguishable     | packets(.flags == "R"; .flags = "FA")                   | segments_of_close
close.peer-errors           | call(""; "send"; if .errno == 32 then .errno = 104 else . end) | calls
close.simultaneous          | packets(.flags == "FA"; .flags = "FPA")                 | segments
close.then-peer-sends       | packets(.flags == "R"; .flags = "A")                    | answer
close.three-waves           | packets(.flags == "FA"; .flags = "FPA")                 | segments
close.unread-data           | packets(.flags | contains("R"); .flags = "FA")          | resets
close.unsent-data           | call("s1"; "recv"; .result -= 1)                        | all_received
half.shutdown-rd            | .params.sends = 4                                       | acknowledgements
half.shutdown-rdwr          | .sysctls.client["net.ipv4.tcp_fin_timeout"] = 30        | stay_in_FIN_WAIT2
half.shutdown-wr            | .sysctls.client["net.ipv4.tcp_fin_timeout"] = 30        | stay_in_FIN_WAIT2
wave1.lost                  | .sysctls.client["net.ipv4.tcp_orphan_retries"] = 3      | fin_segments
wave4.lost                  | .sysctls.server["net.ipv4.tcp_orphan_retries"] = 3      | fin_segments
wave1.lost-shutdown         | .sysctls.client["net.ipv4.tcp_retries2"] = 5            | fin_segments
wave1.lost-shutdown         | .sysctls.server["net.ipv4.tcp_orphan_retries"] = 3      | lifetime
wave2.lost                  | .sysctls.client["net.ipv4.tcp_orphan_retries"] = 3      | fin_segments
wave3.lost                  | .sysctls.server["net.ipv4.tcp_orphan_retries"] = 3      | fin_segments
wave3.lost                  | .sysctls.client["net.ipv4.tcp_fin_timeout"] = 30        | stay_in_FIN_WAIT2
orphan.zero-means-eight     | .sysctls.client["net.ipv4.tcp_orphan_retries"] = 3      | fin_segments
orphan.sweep                | .sysctls.client["net.ipv4.tcp_orphan_retries"] = 2      | lifetime
orphan.icmp-error           | .sysctls.client["net.ipv4.tcp_orphan_retries"] = 3      | fins_after_the_error
orphan.max                  | .params.most = 3                                        | orphans_left
orphan.icmp-error           | .sysctls.client["net.ipv4.tcp_retries2"] = 5            | lifetime
finwait2.close-timeout      | .sysctls.client["net.ipv4.tcp_fin_timeout"] = 30        | stay_in_FIN_WAIT2
finwait2.shutdown-forever   | .sysctls.client["net.ipv4.tcp_fin_timeout"] = 30        | from_close_to_the_end
finwait2.shutdown-forever   | .params.watched_s = 60                                  | stay_in_FIN_WAIT2
finwait2.long-timeout       | .sysctls.client["net.ipv4.tcp_fin_timeout"] = 90        | stay_in_FIN_WAIT2
finwait2.long-timeout       | .params.most_s = 100                                    | TCP_LINGER2_read_back
finwait2.pile-up            | .params.connections = 6                                 | server_CLOSE_WAIT
finwait2.pile-up            | .sysctls.client["net.ipv4.tcp_fin_timeout"] = 61        | client_FIN_WAIT2
timewait.active-only        | .sysctls.client["net.ipv4.tcp_max_tw_buckets"] = 0      | active_in_TIME_WAIT
timewait.linger-zero        | packets(.flags | contains("R"); .flags = "FA")          | resets
timewait.max-buckets        | .sysctls.client["net.ipv4.tcp_max_tw_buckets"] = 2      | in_TIME_WAIT
timewait.port-exhaustion    | .sysctls.client["net.ipv4.ip_local_port_range"] = "40000 40015" | ports_in_TIME_WAIT
timewait.restart            | samples("TIME_WAIT"; .expires_ms -= 1000)               | timer_set_by_the_last_FIN
timewait.rfc1337            | .sysctls.client["net.ipv4.tcp_rfc1337"] = 1             | ends_TIME_WAIT
timewait.same-tuple         | call(""; "bind"; if .errno == 98 then .errno = 99 else . end) | call
timewait.server-side        | .sysctls.server["net.ipv4.ip_local_port_range"] = "40000 40005" | ports_left
timewait.sixty-seconds      | samples("TIME_WAIT"; .expires_ms = 30000)               | timer_set
timewait.tw-reuse           | .sysctls.client["net.ipv4.tcp_tw_reuse"] = 0            | connect
self.by-chance              | call(""; "SO_ERROR"; if .errno == 111 then .errno = 0 else . end) | self_connections
self.connect                | packets(.flags == "SA"; .flags = "A")                   | segments
self.echo                   | call(""; "recv"; .result -= 1)                          | bytes_back
self.two-waves              | packets(.flags == "FA"; .flags = "FPA")                 | segments
simopen.four-way            | packets(.flags == "SA"; .flags = "A")                   | segments
simopen.retry-loop          | .params.tries = 9                                       | refused
port.range                  | .sysctls.client["net.ipv4.ip_local_port_range"] = "40000 40015" | connections
wire.boundaries             | call("s1"; "recv"; .args = "4 bytes \"one?\"")          | what_each_read
wire.fragment-lost          | call("s1"; "recv"; .result -= 1)                        | bytes_read
wire.header-sizes           | packets(.len > 1400; .len -= 4)                         | tcp_header
wire.same-port              | call(""; "bind"; if .errno == 98 then .errno = 22 else . end) | second_bind_of_udp
wire.ttl                    | packets(true; .ttl += 1)                                | hops_left
beyond.keepalive            | .sysctls.client["net.ipv4.tcp_keepalive_probes"] = 5    | probes
beyond.retries2             | .sysctls.client["net.ipv4.tcp_retries2"] = 4            | data_segments
beyond.diag-destroy         | packets(.flags == "RA"; .flags = "A")                   | sends
beyond.diag-destroy         | call(""; "SO_ERROR"; if .errno == 32 then .errno = 104 | .error = "ECONNRESET" else . end) | peer_error
beyond.rfc9293-map          | if .to == "FIN_WAIT1" then .to = "CLOSING" elif .kind == "sample" and .state == "FIN_WAIT1" then .state = "CLOSING" else . end | client_states
beyond.rst-everywhere       | .sysctls.client["net.ipv4.tcp_rfc1337"] = 1             | ended_by
beyond.rst-everywhere       | call("c9"; "SO_ERROR"; .errno = 104 | .error = "ECONNRESET") | error
ask.bind-no-port            | .sysctls.client["net.ipv4.ip_local_port_range"] = "40000 40015" | connections
ask.rfc1337-nat             | samples("TIME_WAIT"; .expires_ms -= 1000)               | TIME_WAIT_since_the_last_SYN
ask.rfc1337-nat             | call(""; "SO_ERROR"; if .errno == 110 then .errno = 111 else . end) | error
ask.linger-blocks           | .params.linger_s = 2                                    | close_takes
ask.linger-blocks           | call("c4"; "close"; .took_ns = 500000000)               | close_takes
ask.reuseport-restart       | call("c1"; "SO_ERROR"; .errno = 104 | .error = "ECONNRESET") | queued_error
ask.reuseport-restart       | call("s1"; "accept"; .args = "10.0.0.9:9")              | queued_accepted
ask.reuseport-restart       | packets(.flags | contains("R"); .flags = "FA")          | resets
ask.unread-response         | call("c1"; "recv"; if .result > 0 then .result -= 1 else . end) | whole_response_read
ask.unread-response         | call("c1"; "recv"; .errno = 104 | .error = "ECONNRESET") | first_recv
ask.fin-timeout-half-close  | .sysctls.client["net.ipv4.tcp_fin_timeout"] = 30        | stay_in_FIN_WAIT2
ask.close-wait-keepalive    | .sysctls.server["net.ipv4.tcp_keepalive_probes"] = 4    | ends_after
ask.close-wait-keepalive    | .sysctls.server["net.ipv4.tcp_keepalive_time"] = 3      | ends_after
ask.fin-wait1-send-queue    | .sysctls.client["net.ipv4.tcp_orphan_retries"] = 3      | stay_in_FIN_WAIT1
ask.fin-wait1-send-queue    | .sysctls.server["net.ipv4.tcp_invalid_ratelimit"] = 0   | lives_after_its_first_probe
'

# jq's words for the second column: what $1 selects of TCP's packets, of a socket's calls ("":
# of any socket's), of sock_diag's readings is changed by the last.
EDITS='
def packets(which; change):
	if (.kind == "packet" or .kind == "frame") and .flags and (which) then change else . end;
def call($sock; $call; change):
	if .call == $call and ($sock == "" or .sock == $sock) then change else . end;
def counter($name; change): if .name == $name and .kind == "counter" and (.mark // "") == "" then change else . end;
def samples($in; change): if .kind == "sample" and .state == $in then change else . end;
'

# The probes of the table, each id as a pattern that names no variant.
forbidden_probes() {
	sed -n 's/^\([a-z][^ ]*\)\([^ ]\) *|.*/\1[\2]/p' <<<"$FORBIDDEN" | sort -u
}

# row ID EDIT FIGURE: whether the judge finds it, where it found nothing in the true record.
row() {
	local id=$1 edit=$2 figure=$3

	jq -e "select(.type == \"result\") | [.findings[] | select(.name == \"$figure\")] |
		length > 0 and all(.[]; .model_ok == true)" "out/$id.jsonl" >/dev/null ||
		say_amiss "$id: $figure is not as predicted as it is" "out/$id.jsonl"
	[[ $edit != .* ]] || edit="if .type == \"probe\" then $edit else . end"
	jq -c 'select(.kind != "late")' "out/$id.jsonl" >intime.jsonl
	jq -c "$EDITS $edit" intime.jsonl >forbidden.jsonl
	! cmp -s intime.jsonl forbidden.jsonl || fail_with "$id: $edit changes nothing"
	status=0
	"$FINWAIT" judge --json forbidden.jsonl >judged.jsonl || status=$?
	[ "$status" -eq 1 ] || fail_with "$id with $edit: exit $status, not 1"
	json_holds judged.jsonl "any(.[]; .type == \"result\" and any(.findings[];
		.name == \"$figure\" and .model_ok == false))"
}

# asked PROBE...: under settings that make them short.
asked() {
	"$FINWAIT" run "$@" --set tcp_orphan_retries=1 --set tcp_syn_retries=1 --out out >run.txt || true
}

# The ids of what was asked and is not as predicted, a line each.
amiss() {
	jq -r 'select(.type == "result" and .outcome != "ok") | .probe' out/*.jsonl
}

@test "each probe of the table fails where its record tells of something else" {
	local line rest again

	cd "$BATS_TEST_TMPDIR"
	# shellcheck disable=SC2046 # a word for each probe
	asked $(forbidden_probes)
	for again in 1 2; do # so many at once may be late; few are less so
		# shellcheck disable=SC2046
		[ -z "$(amiss)" ] || asked $(amiss)
	done
	# what only a guest can be asked: a record that one left
	cp "$TOP/tests/unit/records/true/orphan.max.jsonl" out
	while read -r line; do
		[ -n "$line" ] || continue
		rest=${line#*| }
		row "${line%% *}" "${rest% | *}" "${rest##* }"
	done <<<"$FORBIDDEN"
}

@test "no probe is left out" {
	cd "$BATS_TEST_TMPDIR"
	{
		sed -n 's/^\([a-z][^ ]*\) *|.*/\1/p' <<<"$FORBIDDEN$FORBIDDEN_KEPT"
		sed -n "s/^\tforbidden '*\([a-z][^ ']*\).*/\1/p" "$BATS_TEST_FILENAME" | tr -d '[]'
	} | sort -u >rows
	[ "$(wc -l <rows)" -gt 60 ]
	"$FINWAIT" list --json | jq -r --rawfile rows rows '
		($rows | split("\n")) as $rows | select(.id | IN($rows[])) | .probe' | sort -u >shown
	"$FINWAIT" list --json | jq -r .probe | sort -u | comm -23 - shown >missing
	[ ! -s missing ] || fail_with "no row for: $(xargs <missing)"
}

# probe, whose record is kept with those of the unit tests | what it is made to tell | a figure that fails
FORBIDDEN_KEPT='
orphan.max | if .type == "probe" then .params.most = 5 else . end                          | orphans_left
orphan.max | if .type == "probe" then .params.idle_s = 240 else . end                      | reset
orphan.max | select((.flags == "RA" and (.sock | test("^[cs]3$"))) | not)                        | reset
orphan.max | if .name == "TcpExt.TCPAbortOnMemory" then .delta = 5 else . end              | TCPAbortOnMemory
queue.netdev-backlog | if .type == "probe" then .params.most = 2 else . end                | taken
queue.netdev-backlog | select(.action != "overflow")                                       | taken
queue.netdev-backlog | if .name == "softnet_stat.dropped" then .delta += 1 else . end      | softnet_stat.dropped
queue.netdev-backlog | if .name == "Link.RxDropped" then .delta -= 1 else . end            | Link.RxDropped
orphan.max | if .call == "SO_ERROR" then .error = "ECONNRESET" | .errno = 104 else . end   | error
'

@test "what only a guest can be asked: each probe fails where its record tells of something else" {
	local id edit figure rows=0

	cd "$BATS_TEST_TMPDIR"
	while read -r row; do
		[ -n "$row" ] || continue
		id=${row%% *} figure=${row##* } edit=${row#*| }
		rows=$((rows + 1))
		jq -c "${edit% |*}" "$TOP/tests/unit/records/true/$id.jsonl" >"$id.jsonl"
		run "$FINWAIT" judge --json "$id.jsonl"
		[ "$status" -eq 1 ] || fail_with "$id with ${edit% |*}: exit $status, not 1"
		jq -e -s "any(.[]; .type == \"result\" and any(.findings[];
			.name == \"$figure\" and .model_ok == false))" <<<"$output" >/dev/null ||
			fail_with "$id with ${edit% |*}: $figure did not fail"
	done <<<"$FORBIDDEN_KEPT"
	[ "$rows" -ge 9 ]
}

# probe, whose record is of a late machine | the same in time | the figure that it decides
LATE_KEPT='
ask.user-timeout | if .call == "setsockopt" then .t_ns = 1416000 elif .what == "hand" then empty else . end | fails_after
ask.fin-wait1-send-queue | if .at == "server" and .options.ts_val == 2652475201 then .t_ns = 460600000 else . end | lives_after_its_first_probe
'

@test "what a late machine did to a probe decides nothing; the same in time would fail it" {
	local id edit figure rows=0

	cd "$BATS_TEST_TMPDIR"
	told() {
		run "$FINWAIT" judge --json "$id.jsonl"
		jq -e -s "any(.[]; .type == \"result\" and any(.findings[];
			.name == \"$figure\" and $1))" <<<"$output" >/dev/null
	}
	while read -r row; do
		[ -n "$row" ] || continue
		id=${row%% *} figure=${row##* } edit=${row#*| }
		rows=$((rows + 1))
		cp "$TOP/tests/unit/records/late/$id.jsonl" .
		told '.verdict == "inconclusive" and .late_ns > 0' || fail_with "$id is decided"
		! told '.model_ok == false' || fail_with "$id: $figure fails"
		jq -c "${edit% |*}" "$TOP/tests/unit/records/late/$id.jsonl" >"$id.jsonl"
		told '.model_ok == false' || fail_with "$id with ${edit% |*}: $figure did not fail"
	done <<<"$LATE_KEPT"
	[ "$rows" -eq 2 ]
}
