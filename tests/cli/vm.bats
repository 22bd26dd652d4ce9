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
		[[ $output != *ERROR* ]]
		jq -es '.[0] | .type == "run" and .clock == "virtual" and (.kernel | startswith("'"$kernel"'."))' \
			"$kernel/wave1.lost.jsonl"
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
	! cmp -s same1/wave1.lost.jsonl seed1/wave1.lost.jsonl
	port() { jq -r 'select(.observer == "tap") | .src' "$1" | head -n 1; }
	[ "$(port same1/wave1.lost.jsonl)" != "$(port seed1/wave1.lost.jsonl)" ]
}

# What the kernels themselves differ in (loss.syn, simopen.four-way) is left out. diff compares
# walks, segments and times, these within the timer wheel's rounding; the slack is for a
# host that others keep busy.
@test "virtual and real agree: walks, segments, and times within the wheel's rounding" {
	local probes=(open.three-way 'close.*' 'wave*' 'finwait2.*' 'self.*' 'beyond.*')
	"$FINWAIT" run "${probes[@]}" --out host >/dev/null
	"$FINWAIT" run "${probes[@]}" --kernel "$KERNEL" --quick --out guest >/dev/null
	FINWAIT_SLACK_MS=50 run -0 "$FINWAIT" diff host guest
	[[ $output == *", 0 differ"* ]]
}

@test "netem on the kernel wire: delay to within 0.1 ms, duplication, loss, reordering" {
	run -0 "$FINWAIT_SELFCHECK" run 'wire.*' --kernel "$KERNEL" --out netem
	[[ $output == *"3 probes: 3 as predicted"* ]]
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
	! ls -d "$XDG_CACHE_HOME"/finwait/guests/.new-* 2>/dev/null
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

@test "without QEMU: one line that says what to install" {
	PATH=/nowhere run -3 "$FINWAIT" run wave1.lost --kernel "$KERNEL"
	[[ $output == *"apt-get install qemu-system-x86"* ]]
}

@test "too little memory: the guest's own words" {
	FINWAIT_GUEST_MB=112 run -3 "$FINWAIT" run wave1.lost --kernel "$KERNEL"
	[[ $output == *"Out of memory"* ]]
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
