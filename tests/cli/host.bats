#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The host is the same after a run as before it, however the run ends. FINWAIT_KILLS is
# how often it is killed, the supervisor and then a child (10).

load helper

# All quick kinds of probe, none longer than some two seconds.
SHORT=(self.{connect,two-waves} close.{four-waves,simultaneous} open.three-way
	simopen.four-way wave{1,4}.lost finwait2.close-timeout
	--set tcp_orphan_retries=1 --set tcp_fin_timeout=1)
KILLS=${FINWAIT_KILLS:-10}

setup() {
	cd "$BATS_TEST_TMPDIR"
	export FINWAIT_TEST_TAG=$BATS_TEST_NAME.$$.$RANDOM
	host_state >before.txt
}

# What finwait must not touch. Left out: sysctls that change by themselves.
host_state() {
	ip -o -d link
	ip -o addr | sed 's/valid_lft.*//'
	ip route show table all
	ip netns
	nft list ruleset 2>/dev/null || true # an ordinary user may not look
	tc qdisc
	cut -d' ' -f5- /proc/self/mountinfo
	sysctl -a 2>/dev/null | grep -vE '^(fs\.(dentry|file|inode|aio-nr|quota)|kernel\.(ns_last|random|pty\.nr|sched)|net\.netfilter\.nf_conntrack_count)'
}

host_is_as_before() {
	host_state >after.txt
	diff before.txt after.txt
}

# The processes of this test's run: all inherit the tag.
tagged() {
	grep -lsz "^FINWAIT_TEST_TAG=$FINWAIT_TEST_TAG\$" /proc/[0-9]*/environ | cut -d/ -f3 |
		while read -r pid; do
			[ "$(readlink "/proc/$pid/exe")" != "$FINWAIT" ] || echo "$pid"
		done
}

# The network namespaces that the run has to itself, as net:[...].
namespaces_of() {
	local pid

	for pid in "$@"; do
		readlink "/proc/$pid/ns/net" || true
		find "/proc/$pid/fd" -lname 'net:*' -printf '%l\n' 2>/dev/null || true
	done | sort -u | grep -vxF "$(readlink /proc/self/ns/net)" || true
}

programs_of() {
	local pid

	for pid in "$@"; do
		cat "/proc/$pid"/fdinfo/* 2>/dev/null || true
	done | sed -n 's/^prog_id:[[:space:]]*//p' | sort -u
}

none_tagged() {
	[ -z "$(tagged)" ]
}

# none_held NAMESPACE...: nobody lives in them or has them open.
none_held() {
	local held

	held=$(find /proc/[0-9]*/fd /proc/[0-9]*/ns -lname 'net:*' -printf '%l\n' 2>/dev/null)
	! grep -qxF "$(printf '%s\n' "$@")" <<<"$held"
}

none_loaded() {
	local id

	for id in "$@"; do
		! bpftool prog show id "$id" >/dev/null 2>&1 || return 1
	done
}

nothing_is_left() {
	await none_tagged
	[ "${#namespaces[@]}" -eq 0 ] || await none_held "${namespaces[@]}"
	[ "${#programs[@]}" -eq 0 ] || await none_loaded "${programs[@]}"
}

moment() {
	local ms=$((RANDOM % 1500))

	sleep "$((ms / 1000)).$(printf %03d $((ms % 1000)))"
}

# What is kept can be read: whole lines, but for one that was torn off at the end (SIGKILL ends
# a write between two pages), a ladder of whatever events there are, and all of the folder at
# once.
records_are_readable() {
	local file probes=0 status=0

	[ -d out ] || return 0 # ended before it began
	for file in out/*.jsonl; do
		[ -s "$file" ] || continue
		head -n "$(wc -l <"$file")" "$file" | jq . >/dev/null || fail_with "$file: a bad line"
		if has_line event "$file"; then
			"$FINWAIT" ladder "./$file" >/dev/null || fail_with "$file: no ladder"
		else # torn off before the first: that is said
			run -3 "$FINWAIT" ladder "./$file"
			[[ $output == *"the record has no events: there is nothing to draw"* ||
				$output == *"not the record of a probe" ]] || fail_with "$file: says what?"
		fi
		# killed before it told its probe, it has the supervisor's result alone
		! { has_line probe "$file" || has_line result "$file"; } || probes=$((probes + 1))
	done
	"$FINWAIT" judge out --json >judged.jsonl 2>complaint.txt || status=$?
	[ "$probes" -eq 0 ] || json_holds judged.jsonl \
		"map(select(.type == \"result\")) | length == $probes" ||
		fail_with "exit $status: $(cat complaint.txt)"
}

# has_line TYPE FILE: whole, whatever was torn off behind it
has_line() {
	jq -Rc "fromjson? | select(.type == \"$1\")" "$2" | grep -q .
}

start() {
	rm -rf out
	"$FINWAIT" run "${SHORT[@]}" --json >all.jsonl 2>complaint.txt 3>&- &
	supervisor=$!
}

@test "a whole quick run leaves links, addresses, rules, qdiscs, mounts and sysctls alone" {
	local status=0

	"$FINWAIT" run --json >all.jsonl || status=$?
	as_predicted_or_late "$status" all.jsonl
	host_is_as_before
	await none_tagged
	cp -r out "$BATS_FILE_TMPDIR/whole"
}

# Over both families it has twice the rows and pictures: 10 MB. scripts/bench has what it takes to open.
@test "the page of all probes on four kernels weighs less than 5 MB a family" {
	[ -d "$BATS_FILE_TMPDIR/whole" ] || skip "the test before keeps the records"
	python3 "$TOP/tests/bench/four_kernels.py" "$BATS_FILE_TMPDIR/whole" four
	"$FINWAIT" report four -o page.html >/dev/null
	grep -q '<option value="3">6.18.1<' page.html
	[ "$(grep -c '<svg class="ladder"' page.html)" -gt "$(($(probes | wc -l) * 5 / 4))" ]
	[ "$(stat -c %s page.html)" -lt 5000000 ]
}

@test "the supervisor killed at a random moment: nothing is left" {
	local namespaces programs status seen=0

	for _ in $(seq "$KILLS"); do
		start
		moment
		mapfile -t pids < <(tagged)
		mapfile -t namespaces < <(namespaces_of "${pids[@]}")
		mapfile -t programs < <(programs_of "${pids[@]}")
		seen=$((seen + ${#namespaces[@]}))
		status=0
		kill -9 "$supervisor" 2>/dev/null || true # or it was done already
		wait "$supervisor" 2>/dev/null || status=$?
		[ "$status" -eq $((128 + 9)) ] || as_predicted_or_late "$status" all.jsonl
		nothing_is_left
		records_are_readable
	done
	[ "$seen" -gt 0 ] # it was looked at while there was something
	host_is_as_before
}

@test "a child killed at a random moment: costs its own probe, and nothing is left" {
	local namespaces programs hits=0 crashed late status

	for _ in $(seq "$KILLS"); do
		start
		await test -s all.jsonl # what the machine can do has been tried
		sleep "0.$(printf %03d $((RANDOM % 1000)))"
		mapfile -t children < <(pgrep -P "$supervisor")
		[ "${#children[@]}" -gt 0 ] || {
			status=0
			wait "$supervisor" || status=$?
			as_predicted_or_late "$status" all.jsonl
			continue
		}
		mapfile -t namespaces < <(namespaces_of "${children[@]}")
		programs=()
		kill -9 "${children[RANDOM % ${#children[@]}]}" || true
		status=0
		wait "$supervisor" || status=$?
		crashed=$(jq -s 'map(select(.outcome == "crashed")) | length' all.jsonl)
		hits=$((hits + crashed))
		late=$(jq -s "map(select($LATE)) | length" all.jsonl)
		[ "$status" -eq $((crashed || late ? 3 : 0)) ]
		json_holds all.jsonl "(map(select(.type == \"result\")) |
			(map(select(.outcome != \"ok\" and ($LATE | not))) | length <= 1 and
				all(.[]; .outcome == \"crashed\" and
					(.reason | test(\"killed by SIGKILL\")))) and
			length == 9) and last.type == \"summary\""
		nothing_is_left
		records_are_readable
	done
	[ "$hits" -gt 0 ]
	host_is_as_before
}

@test "interrupted: one line, exit 3, and the records until then" {
	local namespaces=() programs=()

	for signal in INT TERM HUP; do
		rm -rf out
		# sh ignores SIGINT for what it runs in the background, nohup SIGHUP for all that it runs
		env --default-signal=INT,HUP "$FINWAIT" run wave4.lost self.connect >table.txt 2>complaint.txt 3>&- &
		supervisor=$!
		await grep -qs '"call":"accept"' out/wave4.lost.jsonl
		await grep -qs '"type":"result"' out/self.connect.jsonl
		kill -s $signal "$supervisor"
		status=0
		wait "$supervisor" || status=$?
		output=$(cat table.txt)
		stderr=$(cat complaint.txt)
		mapfile -t stderr_lines <complaint.txt
		[ "$status" -eq 3 ] || say_amiss "exit $status" out/*.jsonl
		one_line_of_complaint "interrupted"
		grep -qE '^self.connect .* as predicted ' <<<"$output"
		json_holds out/wave4.lost.jsonl 'last | .outcome == "error" and
			.reason == "interrupted"'
		json_holds out/wave4.lost.jsonl 'any(.[]; .call? == "accept")'
		records_are_readable
		nothing_is_left
	done
	host_is_as_before
}

@test "nohup: a hang-up that is ignored stays so" {
	local status=0

	(
		trap '' HUP
		exec "$FINWAIT" run wave4.lost >table.txt 3>&-
	) &
	supervisor=$!
	await grep -qs '"call":"accept"' out/wave4.lost.jsonl
	kill -s HUP "$supervisor"
	wait "$supervisor" || status=$?
	as_predicted_or_late "$status" out/wave4.lost.jsonl
	json_holds out/wave4.lost.jsonl 'last.type == "result"'
	grep -q '^1 probe: ' table.txt
}

@test "as the first process of a container" {
	need_root
	run -0 on_time unshare --pid --fork --mount-proc "$FINWAIT" run self.two-waves
	[[ $output == *"1 probe: 1 as predicted"* ]]
	host_is_as_before
}
