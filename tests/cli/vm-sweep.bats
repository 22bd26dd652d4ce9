#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# finwait sweep and what it keeps, on a kernel in a guest. FINWAIT_TEST_CACHE, FINWAIT_TEST_KERNELS
# as in vm.bats.

bats_require_minimum_version 1.5.0
load helper

KERNELS=${FINWAIT_TEST_KERNELS:-6.1 6.12}
KERNEL=${KERNELS##* }

setup_file() {
	load helper
	export XDG_CACHE_HOME=${FINWAIT_TEST_CACHE:-$BATS_FILE_TMPDIR/cache}
	mkdir -p "$XDG_CACHE_HOME"
	"$FINWAIT" kernel fetch "$KERNEL"
	# The kernel is shared, guest and answers are this file's own.
	mkdir -p "$BATS_FILE_TMPDIR/own/finwait"
	ln -s "$XDG_CACHE_HOME/finwait/kernels" "$BATS_FILE_TMPDIR/own/finwait/"
	export XDG_CACHE_HOME=$BATS_FILE_TMPDIR/own
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	ANSWERS=$XDG_CACHE_HOME/finwait/answers
	rm -rf "$ANSWERS"
	mkdir "$ANSWERS"
}

sweep() {
	"$FINWAIT" sweep self.connect --kernel "$KERNEL" "$@"
}

# $2 from the store and $3 asked, as the file $1 says.
said() {
	grep -q ": $2 from the store, $3 asked, in " "$1" || {
		cat "$1"
		return 1
	}
}

answer_files() {
	find "$ANSWERS" -type f -name '[!.]*'
}

@test "sweep: the second one reads, and prints the same bytes" {
	for i in 1 2; do
		sweep --set tcp_fin_timeout=30,60 --csv "csv$i" >"table$i" 2>"said$i"
	done
	said said1 0 2
	said said2 2 0
	cmp table1 table2
	cmp csv1 csv2
	grep -q 'tcp_fin_timeout  30, 60' table1
	sweep --set tcp_fin_timeout=60,90,30 2>said3 # one more value asks one more point
	said said3 2 1
	run -0 "$FINWAIT" store check
	[ "$output" = "3 answers, 0 of them cannot be used" ]
	run -0 --separate-stderr sweep --set tcp_fin_timeout=30,60 --quiet
	[ -z "$stderr" ]
}

@test "sweep --out: a point's record is the run's, asked or kept" {
	for i in 1 2; do
		sweep --set tcp_fin_timeout=30 --out "out$i" 2>"said$i"
	done
	said said2 1 0
	"$FINWAIT" run self.connect --kernel "$KERNEL" --set tcp_fin_timeout=30 --out run
	for i in 1 2; do
		cmp run/self.connect.jsonl "out$i/$KERNEL/self.connect,tcp_fin_timeout=30.jsonl"
	done
}

@test "sweep --html: what varies is plotted, and report makes the same page of the folder" {
	"$FINWAIT" sweep wave4.lost --kernel "$KERNEL" --set tcp_orphan_retries=1,2,3 --set tcp_fin_timeout=30,60 \
		--out points --html page.html >/dev/null
	for value in 30 60; do
		grep -q "What follows <code>tcp_orphan_retries</code> on Linux [^<]*, <code>tcp_fin_timeout=$value<" page.html
	done
	[ "$(grep -c '<title>lifetime against tcp_orphan_retries</title>' page.html)" -eq 2 ]
	# a dot and a band each
	[ "$(grep -o '<title>tcp_orphan_retries [123], measured [0-9.]* s' page.html | sort -u | wc -l)" -eq 3 ]
	"$FINWAIT" report points -o report.html
	cmp page.html report.html
	refused 2 "--html goes with --out" sweep --set tcp_fin_timeout=1 --html x.html
}

@test "sweep: a broken answer is told and asked for again" {
	sweep --set tcp_fin_timeout=30,60 >table1
	answer_files | while read -r file; do
		truncate -s -1 "$file"
	done
	sweep --set tcp_fin_timeout=30,60 >table2 2>said2
	said said2 0 2
	[ "$(grep -c 'is torn: asked for again' said2)" -eq 2 ]
	grep -q '2 kept answers could not be used' said2
	cmp table1 table2
	sweep --set tcp_fin_timeout=30,60 2>said3
	said said3 2 0
}

@test "sweep: what others may write is not used" {
	sweep --set tcp_fin_timeout=30 >table1
	chmod go+w "$(answer_files)"
	sweep --set tcp_fin_timeout=30 >table2 2>said2
	said said2 0 1
	grep -q 'others may write' said2
	cmp table1 table2
}

@test "sweep: one that was killed goes on where it was" {
	sweep --set tcp_fin_timeout=30..35 -j 1 >killed 2>&1 &
	pid=$!
	until [ "$(answer_files | wc -l)" -ge 2 ] || ! kill -0 $pid; do
		sleep 0.05
	done
	kill -9 $pid
	wait $pid || true
	had=$(answer_files | wc -l)
	[ "$had" -ge 2 ]
	sweep --set tcp_fin_timeout=30..35 >table1 2>said1
	said said1 "$had" $((6 - had))
	rm -r "$ANSWERS"
	sweep --set tcp_fin_timeout=30..35 >table2
	cmp table1 table2
}

@test "sweep: a store that cannot be written costs what is kept, not the sweep" {
	sweep --set tcp_fin_timeout=30 >table1
	guest=$(dirname "$(dirname "$(answer_files)")")
	rm -r "$guest"
	touch "$guest" # no folder can be made there
	run -3 --separate-stderr sweep --set tcp_fin_timeout=30
	[ "$output" = "$(cat table1)" ]
	[[ $stderr == *"the sweep goes on"* ]]
	[[ $stderr == *"1 answer could not be kept"* ]]
}

@test "sweep: shards fill the store, a sweep without one collects" {
	for i in 0 1; do
		run -0 --separate-stderr sweep --set tcp_fin_timeout=30..33 --shard $i/2
		[ -z "$output" ]
		[[ $stderr == *"2 points: 0 from the store, 2 asked"* ]]
	done
	SLURM_ARRAY_TASK_ID=1 sweep --set tcp_fin_timeout=30..33 --shard auto/2 2>said2
	said said2 2 0
	sweep --set tcp_fin_timeout=30..33 2>said3
	said said3 4 0
}

@test "sweep --verify and --again: what is kept is what is asked" {
	sweep --set tcp_fin_timeout=30,60 >table1
	run -0 --separate-stderr sweep --set tcp_fin_timeout=30,60 --verify 100%
	[[ $stderr == *"2 of the kept answers asked again: 0 not the same"* ]]
	[ "$output" = "$(cat table1)" ]
	sweep --set tcp_fin_timeout=30,60 --again >table2 2>said2
	said said2 0 2
	cmp table1 table2
}

@test "sweep --plan: counts and an estimate, and asks nothing" {
	run -0 sweep --set tcp_fin_timeout=30,60 --phases 2 -46 --plan
	[[ $output == "$KERNEL "*" 8 points "*" 0 kept "*" 8 to ask "*"nobody knows"* ]]
	[ -z "$(answer_files)" ]
	sweep --set tcp_fin_timeout=30 >/dev/null
	run -0 sweep --set tcp_fin_timeout=30,60 --plan
	[[ $output == *" 2 points "*" 1 kept "*" 1 to ask "*about*" s" ]]
}

@test "sweep: mistakes are refused before anything is asked" {
	refused 2 'no range of whole numbers' sweep --set tcp_fin_timeout=1..x
	refused 2 'did you mean tcp_fin_timeout' sweep --set tcp_fin_timeuot=1..3
	refused 2 "takes no value '300'" sweep --set tcp_orphan_retries=1,300
	refused 2 'did you mean tcp_fin_timeout' sweep --set tcp_fin_timeuot=1..3 --plan
	refused 2 'did you mean tcp_fin_timeout' "$FINWAIT" sweep self.connect --set tcp_fin_timeuot=1 --plan
	refused 2 "takes no value '300'" sweep --set tcp_orphan_retries=1,300 --plan
	refused 2 "has a parameter 'bogus'" sweep --param bogus=1
	refused 2 'did you mean self.connect' "$FINWAIT" sweep self.conect --kernel "$KERNEL"
	refused 2 'given twice' sweep --set tcp_fin_timeout=1 --set tcp_fin_timeout=2
	refused 2 'from 0 to N-1' sweep --shard 2/2
	refused 2 'JOB_COMPLETION_INDEX' sweep --shard auto/2
	[ -z "$(answer_files)" ]
}

@test "sweep --json: a line a point and finding" {
	sweep --set tcp_fin_timeout=30,60 --phases 2 --json >lines
	jq -es 'map([.sets.tcp_fin_timeout, .phase]) | unique == [[30,0],[30,1],[60,0],[60,1]]' lines
	jq -es 'all(.finding.verdict and .probe == "self.connect")' lines
}

@test "sweep on the host: asked each time, never kept" {
	for _ in 1 2; do
		run --separate-stderr "$FINWAIT" sweep self.connect --set tcp_fin_timeout=30,60
		[[ $stderr == *"2 points: 0 from the store, 2 asked"* ]]
		[[ $output == "Linux $(uname -r), real time, quick, IPv4   2 points"* ]]
	done
	[ -z "$(answer_files)" ]
	refused 2 'goes with guests' "$FINWAIT" sweep self.connect --shard 0/2
}
