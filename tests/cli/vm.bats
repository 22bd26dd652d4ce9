#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian kernels under QEMU: finwait kernel, run --kernel. FINWAIT_TEST_CACHE keeps what was
# fetched between runs; FINWAIT_TEST_KERNELS are the kernels to try (6.1 6.12).

bats_require_minimum_version 1.5.0
load helper

KERNELS=${FINWAIT_TEST_KERNELS:-6.1 6.12}

setup_file() {
	load helper
	export XDG_CACHE_HOME=${FINWAIT_TEST_CACHE:-$BATS_FILE_TMPDIR/cache}
	mkdir -p "$XDG_CACHE_HOME"
	# shellcheck disable=SC2086
	"$FINWAIT" kernel fetch $KERNELS
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	KERNEL=${KERNELS##* }
}

# What a test left running, whether it passed or not.
teardown() {
	jobs -p | xargs -r kill 2>/dev/null || true
}

cache_entry() {
	echo "$XDG_CACHE_HOME"/finwait/guests/"$KERNEL"*
}

@test "kernel list: what was fetched, newest first" {
	run -0 "$FINWAIT" kernel list
	for kernel in $KERNELS; do
		[[ $output == *"$kernel."* ]]
	done
	[ "$(sort -rV <<<"$output")" = "$output" ]
}

@test "the faithful set is as predicted on each kernel" {
	for kernel in $KERNELS; do
		run -0 "$FINWAIT" run --kernel "$kernel" --out "$kernel"
		jq -es '.[0] | .type == "run" and .clock == "virtual" and (.kernel | startswith("'"$kernel"'."))' \
			"$kernel/wave1.lost.jsonl"
		# in virtual time only our own work delays us, and no timer by as much as the slack
		jq -es 'any(.kind == "late" and .what != "hand" and .late_ns > 10e6) | not' \
			"$kernel"/*.jsonl >/dev/null
	done
}

@test "three runs leave the same bytes; a seed leaves others, the same each time" {
	for i in 1 2 3; do
		"$FINWAIT" run wave1.lost loss.syn --kernel "$KERNEL" --out "same$i" >/dev/null
		"$FINWAIT" run wave1.lost --kernel "$KERNEL" --seed 5 --out "seed$i" >/dev/null
	done
	for i in 2 3; do
		cmp same1/wave1.lost.jsonl "same$i/wave1.lost.jsonl"
		cmp same1/loss.syn.jsonl "same$i/loss.syn.jsonl"
		cmp seed1/wave1.lost.jsonl "seed$i/wave1.lost.jsonl"
	done
	run ! cmp -s <(tail -n +2 same1/wave1.lost.jsonl) <(tail -n +2 seed1/wave1.lost.jsonl)
	port() { jq -r 'select(.observer == "tap") | .src' "$1" | head -n 1; }
	[ "$(port same1/wave1.lost.jsonl)" != "$(port seed1/wave1.lost.jsonl)" ]
}

# What the kernels themselves differ in (loss.syn, simopen.four-way) is left out. diff compares
# walks, segments and times, these within the timer wheel's rounding; the slack is for a
# host that others keep busy.
@test "virtual and real agree: walks, segments, and times within the wheel's rounding" {
	local probes=(open.three-way close.{four-waves,simultaneous} wave{1,4}.lost
		finwait2.close-timeout self.{connect,two-waves} beyond.{keepalive,retries2})
	local status=0
	"$FINWAIT" run "${probes[@]}" --out host >/dev/null || status=$?
	as_predicted_or_late "$status" host/*.jsonl
	"$FINWAIT" run "${probes[@]}" --kernel "$KERNEL" --quick --out guest >/dev/null
	run -0 env FINWAIT_SLACK_MS=50 "$FINWAIT" diff host guest
	[[ $output == *", 0 differ"* ]]
}

@test "a guest judges by the slack that was asked for" {
	for slack in 10 37; do
		FINWAIT_SLACK_MS=$slack "$FINWAIT" run finwait2.close-timeout --kernel "$KERNEL" >/dev/null
		json_holds out/finwait2.close-timeout.jsonl \
			"map(select(.type == \"probe\"))[0].slack_ms == $slack"
		jq -c 'select(.type == "result").findings[] |
			select(.name == "stay_in_FIN_WAIT2").predicts' \
			out/finwait2.close-timeout.jsonl >"$slack"
	done
	# the bound of a time is as much later
	jq -e -s '.[1].hi_ns - .[0].hi_ns == 27e6 and .[1].lo_ns == .[0].lo_ns' 10 37
}

@test "netem on the kernel wire: delay to within 0.1 ms, duplication, loss, reordering" {
	run -0 "$FINWAIT_SELFCHECK" run 'wire.*' --kernel "$KERNEL" --out netem
	[[ $output =~ ([0-9]+)\ probes:\ ([0-9]+)\ as\ predicted ]]
	[ "${BASH_REMATCH[1]}" -ge 9 ] && [ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ]
}

@test "a torn snapshot is made anew" {
	"$FINWAIT" run self.two-waves --kernel "$KERNEL" --out a >/dev/null
	for file in state run.jsonl ram made; do
		truncate -s 100 "$(cache_entry | tr ' ' '\n' | head -n 1)/$file"
		run -0 "$FINWAIT" run self.two-waves --kernel "$KERNEL" --out b
		cmp a/self.two-waves.jsonl b/self.two-waves.jsonl
	done
}

@test "two at once on no snapshot: both run, one is made" {
	rm -rf "$XDG_CACHE_HOME"/finwait/guests/"$KERNEL"*
	"$FINWAIT" run self.two-waves --kernel "$KERNEL" --out a >/dev/null &
	"$FINWAIT" run self.two-waves --kernel "$KERNEL" --out b >/dev/null
	wait $!
	cmp a/self.two-waves.jsonl b/self.two-waves.jsonl
	[ "$(cache_entry | wc -w)" -eq 1 ]
	run ! ls -d "$XDG_CACHE_HOME"/finwait/guests/.new-* 2>/dev/null
}

@test "an unknown kernel, a wrong path: one line, exit 3" {
	run -3 "$FINWAIT" run --kernel 9.9
	[[ $output == *"finwait kernel fetch 9.9"* ]]
	run -3 "$FINWAIT" run --kernel /etc/passwd
	[[ $output == *"no bzImage"* ]]
	run -3 "$FINWAIT" kernel fetch 3.2
	[[ $output == *"no Debian kernel '3.2'"* ]]
	run -2 "$FINWAIT" run --seed 3
	run -2 "$FINWAIT" kernel fetch
}

@test "a sysctl the guest's kernel does not have or take: one line, exit 2, nothing was run" {
	run -2 --separate-stderr "$FINWAIT" run wave1.lost --kernel "$KERNEL" --set tcp_nonsense=1
	one_line_of_complaint 'this kernel has no sysctl net.ipv4.tcp_nonsense'
	run -2 --separate-stderr "$FINWAIT" run --kernel "$KERNEL" --set client:tcp_syn_retries=999
	one_line_of_complaint "takes no value '999' for the sysctl net.ipv4.tcp_syn_retries"
	[ ! -e out ]
	run -0 "$FINWAIT" run wave1.lost --kernel "$KERNEL" --set tcp_orphan_retries=2
	json_holds out/wave1.lost.jsonl \
		'any(.[]; .type == "probe" and .sysctls.client["net.ipv4.tcp_orphan_retries"] == 2)'
}

@test "the record says what the kernel ran on" {
	run -0 "$FINWAIT" run self.two-waves --kernel "$KERNEL"
	json_holds out/self.two-waves.jsonl \
		'.[0] | .clock == "virtual" and (.guest | test("^QEMU [0-9.]+, TCG$"))'
	run "$FINWAIT" run self.two-waves --kernel "$KERNEL" --clock real
	as_predicted_or_late "$status" out/self.two-waves.jsonl
	json_holds out/self.two-waves.jsonl \
		'.[0] | .clock == "real" and (.guest | test("^QEMU [0-9.]+, (TCG|KVM)$"))'
	run -0 on_time "$FINWAIT" run self.two-waves
	json_holds out/self.two-waves.jsonl '.[0] | has("guest") | not'
}

@test "without QEMU: one line that says what to install" {
	PATH=/nowhere run -3 "$FINWAIT" run wave1.lost --kernel "$KERNEL"
	[[ $output == *"apt-get install qemu-system-x86"* ]]
}

@test "too little memory: the guest's own words" {
	FINWAIT_GUEST_MB=112 run -3 "$FINWAIT" run wave1.lost --kernel "$KERNEL"
	# which of them hangs on what did not fit: init, what init needs, or the last of the initramfs
	[[ $output == *"Out of memory"* || $output == *"System is deadlocked on memory"* ||
		$output == *"No working init found"* ]]
}

@test "a mirror that cannot be reached: apt's own words, exit 3" {
	cat >apt.conf <<-END
		Dir::Etc::SourceParts "/dev/null";
		Dir::Etc::SourceList "$PWD/none.list";
	END
	: >none.list
	APT_CONFIG=$PWD/apt.conf XDG_CACHE_HOME=$PWD/cache run -3 "$FINWAIT" kernel fetch "$KERNEL"
	[[ $output == *"Debian mirror"* ]]
}

@test "an ordinary user without capabilities" {
	[ "$(id -u)" -eq 0 ] || skip "is one already"
	cp "$FINWAIT" ./fw
	cp -r "$XDG_CACHE_HOME" ./nobody
	rm -rf nobody/finwait/guests
	chown -R 65534:65534 . && chmod 755 . "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR"
	XDG_CACHE_HOME=$PWD/nobody run -0 setpriv --reuid=65534 --regid=65534 --clear-groups \
		--no-new-privs --bounding-set=-all ./fw run wave1.lost --kernel "$KERNEL" --out out
}

# ---- what ends a guest early, and what is said then

# The result line of $1 in out/, as "outcome reason".
result_of() {
	jq -r 'select(.type == "result") | "\(.outcome) \(.reason)"' "out/$1.jsonl"
}

@test "matrix: kernels side by side, the unknown one costs one line and exit 3" {
	run -3 --separate-stderr "$FINWAIT" matrix --kernel 6.1,6.12,9.99 loss.syn simopen.four-way
	one_line_of_complaint "kernel '9.99' has not been fetched: finwait kernel fetch 9.99"
	[[ ${lines[0]} =~ ^Linux\ 6\.1,\ 6\.12,\ virtual\ time,\ faithful,\ IPv4 ]]
	[[ ${lines[1]} =~ 6\.1\ +6\.12\ +9\.99 ]]
	[[ $output =~ retransmissions\ +6\ +6\ +\*10\ +- ]]
	[[ $output == *"9.99             not run: kernel '9.99' has not been fetched"* ]]
	[[ $output == *"2 differ between kernels, the model failed on 0"* ]]
	[ -s out/6.1/loss.syn.jsonl ] && [ -s out/6.12/simopen.four-way.jsonl ]
}

@test "a hang in the guest: timed out, and what the guest said last" {
	run -3 "$FINWAIT_SELFCHECK" run never.ends-run --kernel "$KERNEL" --time-limit 2
	[ "$(result_of never.ends-run)" = "timed_out the guest was still running after 2 s (--time-limit); console: nothing was said" ]
	json_holds out/never.ends-run.jsonl 'any(.[]; .type == "event")'
}

@test "a judge that hangs outside the guest: timed out, and what was observed is kept" {
	run -3 "$FINWAIT_SELFCHECK" run never.ends-busy --kernel "$KERNEL" --time-limit 2
	[[ $(result_of never.ends-busy) =~ ^"timed_out still running after "([0-9]+)" s (--time-limit)"$ ]]
	[ "${BASH_REMATCH[1]}" -ge $((2 + 5)) ] # GUEST_LIMIT_MARGIN_S is the guest's, which ended well
	json_holds out/never.ends-busy.jsonl 'any(.[]; .type == "event")'
}

@test "an hour without an end to it is no hang in virtual time" {
	run -0 "$FINWAIT_SELFCHECK" run never.ends --kernel "$KERNEL" --time-limit 20
	json_holds out/never.ends.jsonl 'last.elapsed_ns >= 3600e9'
}

@test "a probe that crashes in the guest: its timeline is kept" {
	run -3 "$FINWAIT_SELFCHECK" run crash.run --kernel "$KERNEL"
	[ "$(result_of crash.run)" = "crashed killed by SIGSEGV in the guest" ]
	json_holds out/crash.run.jsonl 'any(.[]; .type == "event" and .call == "accept")'
	json_holds out/crash.run.jsonl 'any(.[]; .type == "event" and .call == "send")'
}

@test "a panic of the guest's kernel: crashed, by the panic's own line" {
	FINWAIT_GUEST_PANIC=1 run -3 "$FINWAIT" run open.three-way --kernel "$KERNEL"
	[[ $(result_of open.three-way) == "crashed the guest's kernel panic: Kernel panic - not syncing: sysrq triggered crash; console: ["* ]]
}

# Have $2 in the module $1 begin with an undefined instruction, behind what ftrace checks.
# Without its signature a module is loaded all the same; with a wrong one it is not.
module_break() {
	local module=$1 value section offset at first

	[[ $module != *.xz ]] || xz -d "$module"
	module=${module%.xz}
	tail -c 28 "$module" | grep -q '^~Module signature appended~$' && truncate -s -28 "$module"
	read -r value section < <(readelf -sW "$module" | awk -v f="$2" '$8 == f { print $2, $7 }')
	offset=$(readelf -SW "$module" | sed 's/\[ */[/' | awk -v s="[$section]" '$1 == s { print $5 }')
	at=$((16#$offset + 16#$value))
	first=$(od -An -tx1 -j "$at" -N 4 "$module")
	[ "$first" != ' f3 0f 1e fa' ] || at=$((at + 4)) # endbr64
	[ "$(od -An -tx1 -j "$at" -N 1 "$module")" != ' e8' ] || at=$((at + 5)) # call __fentry__
	printf '\x0f\x0b' | dd of="$module" bs=1 seek="$at" conv=notrunc status=none
	[[ $1 != *.xz ]] || xz --check=crc32 "$module"
}

@test "an oops of the guest's kernel: crashed, by the oops' own line, the timeline kept" {
	for kernel in $KERNELS; do
		rm -rf broken out
		cp -r "$XDG_CACHE_HOME"/finwait/kernels/"$kernel".* broken
		module_break "$(find broken -name 'sch_netem.ko*')" netem_enqueue
		XDG_CACHE_HOME=$PWD/cache run -3 "$FINWAIT_SELFCHECK" run wire.netem-delay \
			--kernel "$PWD/broken"
		[[ $(result_of wire.netem-delay) =~ ^"crashed the guest's kernel oops: ".*"invalid opcode: 0000 [#1]".*"; console: [" ]]
		json_holds out/wire.netem-delay.jsonl 'any(.[]; .type == "event")'
	done
}

# A QEMU that says its version, and then does $1.
qemu_that() {
	mkdir -p bin
	cat >bin/qemu-system-x86_64 <<-END
		#!/bin/sh
		[ "\$1" != --version ] || exec $(type -P qemu-system-x86_64) --version
		$1
	END
	chmod +x bin/qemu-system-x86_64
}

@test "QEMU does not start: an error, in QEMU's own words" {
	"$FINWAIT" run self.two-waves --kernel "$KERNEL" >/dev/null # has the snapshot
	qemu_that 'echo "qemu-system-x86_64: no room at the inn" >&2; exit 1'
	PATH=$PWD/bin:$PATH run -3 "$FINWAIT" run self.two-waves --kernel "$KERNEL"
	[[ $(result_of self.two-waves) == "error "*"no room at the inn"* ]]
}

@test "real time without KVM: a snapshot, too, and a second is a second" {
	mkdir -p bin
	printf '#!/bin/sh\n%s\nexec %s "$@"\n' '[ "$2" != kvm ] || exit 1; echo "$*" >>arguments' \
		"$(type -P qemu-system-x86_64)" >bin/qemu-system-x86_64
	chmod +x bin/qemu-system-x86_64
	PATH=$PWD/bin:$PATH run "$FINWAIT" run self.two-waves --kernel "$KERNEL" --clock real
	as_predicted_or_late "$status" out/self.two-waves.jsonl
	rm arguments
	SECONDS=0
	PATH=$PWD/bin:$PATH run "$FINWAIT" run loss.syn --kernel "$KERNEL" --clock real
	as_predicted_or_late "$status" out/loss.syn.jsonl
	# the quick form's two retries: 1 + 2 + 4 s
	[ "$SECONDS" -ge 7 ]
	json_holds out/loss.syn.jsonl '(.[0].guest | endswith("TCG")) and last.elapsed_ns >= 7e9'
	run -0 grep -e -incoming arguments
	run ! grep -e -append arguments
}

# What QEMU 7.2 makes of cmpxchg16b crashes one boot in five: too few to wait for.
@test "an emulated processor has no cmpxchg16b, in virtual time and in real time" {
	local clock

	for clock in virtual real; do
		# shellcheck disable=SC2016 # for the shell that is QEMU
		qemu_that 'echo "$*" >>arguments; exit 1'
		PATH=$PWD/bin:$PATH run -3 "$FINWAIT" run self.two-waves --kernel "$KERNEL" --clock $clock
		run -0 grep -e "-accel tcg" arguments
		run ! grep -ve "-cpu qemu64,-cx16 " <<<"$output"
		rm arguments
	done
}

# Whether KVM works is not for us to say: this QEMU emulates what it is asked to have KVM do.
@test "real time where QEMU says it has KVM: by KVM, and the record says so" {
	[ -w /dev/kvm ] || skip "no /dev/kvm to open"
	mkdir -p bin
	cat >bin/qemu-system-x86_64 <<-END
		#!/bin/bash
		args=()
		for arg; do
			case \$arg in kvm) arg=tcg ;; host) arg=max,-cx16 ;; esac
			args+=("\$arg")
		done
		exec $(type -P qemu-system-x86_64) "\${args[@]}"
	END
	chmod +x bin/qemu-system-x86_64
	PATH=$PWD/bin:$PATH run --separate-stderr "$FINWAIT" run self.two-waves \
		--kernel "$KERNEL" --clock real
	as_predicted_or_late "$status" out/self.two-waves.jsonl
	one_line_of_complaint "real time, with KVM"
	json_holds out/self.two-waves.jsonl \
		'.[0] | .clock == "real" and (.guest | test("^QEMU [0-9.]+, KVM$"))'
}

@test "QEMU is killed in mid-run: an error that says so" {
	local run_pid child qemu i
	"$FINWAIT_SELFCHECK" run never.ends-run --kernel "$KERNEL" --time-limit 60 >/dev/null &
	run_pid=$!
	for ((i = 0; i < 600; i++)); do
		grep -qs '"type":"event"' out/never.ends-run.jsonl && break
		sleep 0.1
	done
	child=$(tr -d ' ' <"/proc/$run_pid/task/$run_pid/children")
	qemu=$(tr -d ' ' <"/proc/$child/task/$child/children")
	[ "$(cat "/proc/$qemu/comm")" = qemu-system-x86 ]
	kill -9 "$qemu"
	status=0
	wait "$run_pid" || status=$?
	[ "$status" -eq 3 ]
	[ "$(result_of never.ends-run)" = "error QEMU was killed by SIGKILL" ]
}

# ---- many runs: forks of one machine

# QEMU by another name: a line in started for each. $1: what else it does first.
log_qemu() {
	mkdir -p bin
	cat >bin/qemu-system-x86_64 <<-END
		#!/bin/bash
		[ "\$1" = --version ] || echo \$\$ >>"$PWD/started"
		$1
		exec $(type -P qemu-system-x86_64) "\$@"
	END
	chmod +x bin/qemu-system-x86_64
	PATH=$PWD/bin:$PATH
}

@test "a probe of one's own in a guest, whose kernel runs it as it is" {
	"$FINWAIT" new my.probe
	run -0 "$FINWAIT" run ./my.probe.c --kernel "$KERNEL"
	json_holds out/my.probe.jsonl 'last.outcome == "ok" and .[0].clock == "virtual"'
	run -0 "$FINWAIT" run ./my.probe.c self.connect --kernel "$KERNEL" -j 1
	grep -q '^2 probes: 2 as predicted' <<<"$output"
	run -0 on_time "$FINWAIT" matrix ./my.probe.c --kernel "$KERNEL,host"
	grep -q "^  bytes_received  *100  *100 " <<<"$output"
}

@test "what a guest warms up with is there" {
	local probes
	mapfile -t probes < <(sed -n '/^static const char \*const probes/,/^}/p' \
		"$TOP/harness/vm/warm.c" | grep -oE '"[^"]+"' | tr -d '"')
	[ ${#probes[@]} -ge 2 ]
	for id in "${probes[@]}"; do
		"$FINWAIT" show "$id" >/dev/null || fail_with "no probe $id"
	done
}

MANY=('self.*' 'wave*' 'close.*' 'loss.*' 'simopen.*')

@test "many runs are forks of one machine, and to the byte what a restored guest says" {
	log_qemu
	"$FINWAIT" run wave1.lost self.connect --kernel "$KERNEL" --out alone >/dev/null
	rm started
	"$FINWAIT" run "${MANY[@]}" --kernel "$KERNEL" -j 2 --out many >/dev/null
	[ "$(wc -l <started)" -eq 1 ]
	[ "$(find many -name '*.jsonl' | wc -l)" -ge 24 ]
	cmp alone/wave1.lost.jsonl many/wave1.lost.jsonl
	cmp alone/self.connect.jsonl many/self.connect.jsonl
}

@test "a QEMU that does not multiply: a line, and each guest is restored" {
	log_qemu '[[ $* == *id=forks* ]] && exit 1'
	run --separate-stderr -0 "$FINWAIT" run "${MANY[@]}" --kernel "$KERNEL" -j 2
	[[ $stderr == "finwait: each guest is restored, which takes longer: "* ]]
	[ "$(wc -l <started)" -ge 25 ]
}

@test "killed in mid-run, finwait leaves no fork and no machine" {
	local sid i
	setsid "$FINWAIT_SELFCHECK" run 'never.ends*' 'never.ends*' --kernel "$KERNEL" --phases 12 -j 2 \
		--time-limit 100 >/dev/null &
	sid=$!
	for ((i = 0; i < 900; i++)); do
		grep -qs '"type":"event"' out/never.ends-run.jsonl && break
		sleep 0.1
	done
	[ "$(pgrep -c -s "$sid" -x qemu-system-x86)" -ge 2 ]
	kill -9 "$sid"
	for ((i = 0; i < 100; i++)); do
		pgrep -s "$sid" >/dev/null || break
		sleep 0.1
	done
	run ! pgrep -s "$sid"
}

# ---- several kernels, several phases

# Each QEMU that is to boot waits for another one; neither does boot.
@test "matrix: the next kernel boots while the first is asked" {
	[ "$(nproc)" -gt 1 ] || skip "one processor only"
	# shellcheck disable=SC2016 # for the shell that is QEMU
	qemu_that 'touch boot.$$
		for i in $(seq 30); do
			set -- boot.*
			[ $# -lt 2 ] || { touch met; break; }
			sleep 0.1
		done
		rm boot.$$
		exit 1'
	mkdir -p cold/finwait
	ln -s "$XDG_CACHE_HOME/finwait/kernels" cold/finwait/kernels
	PATH=$PWD/bin:$PATH XDG_CACHE_HOME=$PWD/cold run -3 "$FINWAIT" matrix --kernel 6.1,6.12 loss.syn
	[ -e met ]
	[ -z "$(find cold/finwait/guests -mindepth 1)" ]
}

@test "diff --kernel: two kernels in the order given, then one against what was kept" {
	run -1 "$FINWAIT" diff --kernel 6.12 --kernel 6.1 loss.syn open.three-way
	[[ $output == *"--- 6.12  Linux 6.12."*"+++ 6.1   Linux 6.1."* ]]
	[[ $output =~ retransmissions\ +measured\ +10\ +6 ]]
	[[ $output == *"2 probes: 1 the same, 1 differs"* ]]
	mv out/6.12 before
	run -0 "$FINWAIT" diff --kernel 6.12 before
	[[ $output == *"2 probes: 2 the same, 0 differ"* ]]
	run -3 --separate-stderr "$FINWAIT" diff --kernel 6.12,9.99 open.three-way
	one_line_of_complaint "9.99: kernel '9.99' has not been fetched"
	[ -z "$output" ]
}

@test "phases: a range in the table, in JSON, in KTAP and in what is kept" {
	run -0 "$FINWAIT" run wave1.lost --kernel "$KERNEL" --phases 3
	[[ $output == *"wave1.lost over 3 timer phases"* ]]
	[[ $output =~ lifetime\ +[0-9.]+\ s\ +10[0-9.]+\.\.10[0-9.]+\ s ]]
	json_holds out/wave1.lost.jsonl 'map(select(.type == "phases")) | length == 5 and
		(.[] | select(.name == "lifetime") | .phases == 3 and .differ == 0 and
			.model_failed == 0 and .undecided == 0 and .measured.lo_ns < .measured.hi_ns)'
	# one record, that of the first phase; and it is still one that is read
	json_holds out/wave1.lost.jsonl 'map(select(.type == "probe")) | length == 1'
	"$FINWAIT" run wave1.lost --kernel "$KERNEL" --out once >/dev/null
	cmp <(grep -v '"type":"phases"' out/wave1.lost.jsonl) once/wave1.lost.jsonl
	run -0 "$FINWAIT" diff out once

	"$FINWAIT" run wave1.lost --kernel "$KERNEL" --phases 3 --json >lines
	cmp <(grep '"type":"phases"' lines) <(grep '"type":"phases"' out/wave1.lost.jsonl)
	json_holds lines 'last.type == "summary"'
	run -0 "$FINWAIT" run wave1.lost --kernel "$KERNEL" --phases 3 --tap
	[[ $output == *"  # over 3 timer phases: measured 10"*".."*" s"*"  ok "[0-9]" wave1.lost/lifetime"* ]]
}

@test "phases: a timer that stands alone fills the grain of its wheel" {
	run -0 "$FINWAIT" run timewait.active-only --kernel "$KERNEL" --phases 6
	# 2.048 s at 250 Hz: in six phases no more than twice a sixth of it stays free
	json_holds out/timewait.active-only.jsonl 'map(select(.type == "phases")) |
		map(select(.grain_ns)) | length == 1 and (.[0] | .name == "stay_in_TIME_WAIT" and
			.grain_ns == 2048000000 and .gap_ns < .grain_ns / 3 and
			.measured.lo_ns < 60e9 + .gap_ns + 10e6 and
			.measured.hi_ns > 60e9 + .grain_ns - .gap_ns - 10e6)'
}

@test "matrix --phases: each cell has the range" {
	run -0 "$FINWAIT" matrix wave1.lost --kernel 6.1,6.12 --phases 3
	[[ $output =~ lifetime\ +-\ +10[0-9.]+\.\.10[0-9.]+\ s\ +10[0-9.]+\.\.10[0-9.]+\ s\ +-\ +held ]]
	[[ $output == *", 3 timer phases: the model held on 5 of 5"* ]]
}

@test "matrix --from: the range of kept phases as in the run that kept them" {
	"$FINWAIT" matrix wave1.lost self.two-waves --kernel "$KERNEL" --phases 3 >live
	run -0 "$FINWAIT" matrix --from "$KERNEL=out/$KERNEL"
	[[ $output =~ lifetime\ +-\ +10[0-9.]+\.\.10[0-9.]+\ s ]]
	# all but the line that says where the records are
	cmp <(head -n -2 live) - <<<"$output"
	"$FINWAIT" run self.two-waves --kernel "$KERNEL" --phases 2 --out "out/$KERNEL" >/dev/null
	run -0 "$FINWAIT" matrix --from "$KERNEL=out/$KERNEL"
	[[ $output == *", 2 to 3 timer phases: "* ]]
}

@test "diff --kernel: settings and seed of the record are asked again, to the byte" {
	"$FINWAIT" run wave1.lost close.four-waves --kernel "$KERNEL" --seed 5 \
		--set tcp_orphan_retries=2 --param to_the_end=0 --out before >/dev/null
	"$FINWAIT" run open.three-way --kernel "$KERNEL" --quick --out before >/dev/null
	head -n 1 before/wave1.lost.jsonl | grep -qF \
		'"asked":{"sets":{"tcp_orphan_retries":2},"params":{"to_the_end":0},"seed":5},"features"'
	run -0 "$FINWAIT" diff --kernel "$KERNEL" before
	[[ $output == *"3 probes: 3 the same, 0 differ"* ]]
	diff -r before "out/$KERNEL"
	# one's own words win
	run -1 "$FINWAIT" diff --kernel "$KERNEL" before wave1.lost --seed 6 --set tcp_orphan_retries=1
	[[ $output == *"may be why: net.ipv4.tcp_orphan_retries is 2 in --- and 1 in +++"* ]]
	head -n 1 "out/$KERNEL/wave1.lost.jsonl" | grep -qF \
		'"asked":{"sets":{"tcp_orphan_retries":1},"seed":6},"features"'
}

@test "phases want a virtual clock" {
	refused 2 'virtual clock' "$FINWAIT" run wave1.lost --kernel "$KERNEL" --clock real --phases 3
	refused 2 'go with --kernel' "$FINWAIT" run wave1.lost --phases 3
}
