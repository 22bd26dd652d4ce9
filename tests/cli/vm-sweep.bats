#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# finwait sweep, bisect and history, and what they keep, on kernels in guests. FINWAIT_TEST_CACHE,
# FINWAIT_TEST_KERNELS as in vm.bats.

bats_require_minimum_version 1.5.0
load helper

KERNELS=${FINWAIT_TEST_KERNELS:-6.1 6.12}
KERNEL=${KERNELS##* } FIRST=${KERNELS%% *}

setup_file() {
	load helper
	export XDG_CACHE_HOME=${FINWAIT_TEST_CACHE:-$BATS_FILE_TMPDIR/cache}
	mkdir -p "$XDG_CACHE_HOME"
	"$FINWAIT" kernel fetch "$FIRST" "$KERNEL"
	# The kernels are shared, guests and answers are this file's own.
	mkdir -p "$BATS_FILE_TMPDIR/own/finwait/kernels"
	for kernel in "$FIRST" "$KERNEL"; do
		ln -s "$XDG_CACHE_HOME/finwait/kernels/$kernel."* "$BATS_FILE_TMPDIR/own/finwait/kernels/"
	done
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
	# not by sweep(), whose shell would be killed instead of finwait
	"$FINWAIT" sweep self.connect --kernel "$KERNEL" --set tcp_fin_timeout=30..41 -j 1 >killed 2>&1 &
	pid=$!
	until [ "$(answer_files | wc -l)" -ge 2 ] || ! kill -0 $pid; do
		sleep 0.05
	done
	kill -9 $pid
	wait $pid || true
	had=$(answer_files | wc -l)
	[ "$had" -ge 2 ]
	sweep --set tcp_fin_timeout=30..41 >table1 2>said1
	# what was being written when it was counted may have become one more
	kept=$(sed -n 's/^finwait: 12 points: \([0-9]*\) from the store.*/\1/p' said1)
	[ "$kept" -ge "$had" ] && [ "$kept" -le $((had + 1)) ]
	said said1 "$kept" $((12 - kept))
	rm -r "$ANSWERS"
	sweep --set tcp_fin_timeout=30..41 >table2
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

@test "sweep --plan-file: chunks fill the store, the plan collects; as one machine prints it" {
	sweep --set tcp_fin_timeout=30..35 --phases 2 --csv csv1 >table1
	rm -r "$ANSWERS"
	run -0 sweep --set tcp_fin_timeout=30..35 --phases 2 --chunks 3 --plan-file plan
	[[ $output == *" 12 to ask "*"plan: 3 chunks of about "*"N from 0 to 2" ]]
	[ "$(jq .chunks plan)" -eq 3 ]
	[ -z "$(answer_files)" ]
	JOB_COMPLETION_INDEX=2 run -0 --separate-stderr "$FINWAIT" sweep --plan-file plan --chunk auto
	[ -z "$output" ]
	[[ $stderr == *"4 points: 0 from the store, 4 asked"* ]]
	seq 0 2 | parallel -j 2 "$FINWAIT" sweep --plan-file plan -j 1 --quiet --chunk {}
	"$FINWAIT" sweep --plan-file plan --csv csv2 >table2 2>said2
	said said2 12 0
	cmp table1 table2
	cmp csv1 csv2
	run -0 sweep --set tcp_fin_timeout=30..35 --phases 2 --plan-file plan
	[ "$(jq .chunks plan)" -eq 0 ]
}

@test "sweep --plan-file: a plan that is not this program's, kernel's or QEMU's is refused" {
	sweep --set tcp_fin_timeout=30 --plan-file plan
	jq -c '.program |= (if startswith("0") then "1" else "0" end) + .[1:]' plan >other
	refused 2 'another build of finwait' "$FINWAIT" sweep --plan-file other --chunk 0
	refused 2 'another build of finwait' "$FINWAIT" sweep --plan-file other
	jq -c '.guests[0] += "0"' plan >other
	refused 3 'another kernel, QEMU or probe' "$FINWAIT" sweep --plan-file other --chunk 0
	jq -c '.points = 2 | .ends = [2]' plan >other
	refused 2 'the plan has 2 points, its sweep 1' "$FINWAIT" sweep --plan-file other --chunk 0
	head -c 40 plan >other
	refused 2 'no plan of a sweep' "$FINWAIT" sweep --plan-file other
	refused 2 'nowhere' "$FINWAIT" sweep --plan-file nowhere
	refused 2 'no chunk 1' "$FINWAIT" sweep --plan-file plan --chunk 1
	[ -z "$(answer_files)" ]
}

@test "sweep --merge: what another machine has answered, in a guest of its own" {
	mkdir -p "$BATS_FILE_TMPDIR/away/finwait"
	ln -s "$XDG_CACHE_HOME/finwait/kernels" "$BATS_FILE_TMPDIR/away/finwait/"
	XDG_CACHE_HOME=$BATS_FILE_TMPDIR/away sweep --set tcp_fin_timeout=30,31 >table1
	run -0 --separate-stderr sweep --set tcp_fin_timeout=30,31 \
		--merge "$BATS_FILE_TMPDIR/away/finwait/answers"
	[[ $stderr == *"2 answers taken from $BATS_FILE_TMPDIR/away/finwait/answers"* ]]
	[[ $stderr == *"2 points: 2 from the store, 0 asked"* ]]
	[ "$output" = "$(cat table1)" ]
	sweep --set tcp_fin_timeout=30,31 2>said2 >table2 # they are ours now
	said said2 2 0
	cmp table1 table2
	refused 3 'folder of answers nowhere' sweep --merge nowhere
}

@test "sweep --chunk: exit 0 says that it was asked, not what it came to; probes of one's own" {
	"$FINWAIT" new my.probe
	sed -i 's/predicts = value_count(BYTES)/predicts = value_count(7)/' my.probe.c
	"$FINWAIT" sweep ./my.probe.c --kernel "$KERNEL" --plan-file plan
	run -0 "$FINWAIT" sweep --plan-file plan --chunk 0
	run -1 --separate-stderr "$FINWAIT" sweep --plan-file plan
	[[ $stderr == *"1 point: 1 from the store, 0 asked"* ]]
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
	refused 2 'goes with --plan-file' sweep --chunk 0
	refused 2 'goes with --slurm' sweep --partition p
	refused 2 'goes with --slurm, or with' sweep --chunks 2
	refused 2 '--shard or --slurm, not both' sweep --shard 0/2 --slurm
	refused 2 'are for who asks' sweep --slurm --again
	refused 2 'are for who collects' sweep --plan-file plan --csv -
	refused 2 "a chunk's number, not '-1'" "$FINWAIT" sweep --plan-file plan --chunk -1
	refused 3 'sbatch: is it installed' env PATH=/nonexistent "$FINWAIT" sweep self.connect \
		--kernel "$KERNEL" --slurm
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
	refused 2 'go with guests' "$FINWAIT" sweep self.connect --shard 0/2
	refused 2 'go with guests' "$FINWAIT" sweep self.connect --set tcp_fin_timeout=30 --slurm
}

# ---- kernel by kernel

# One that looks like a kernel between the two, and does not boot: release $1, version $2.
broken_kernel() {
	local dir=$XDG_CACHE_HOME/finwait/kernels/$1

	mkdir -p "$dir/boot" "$dir/lib/modules/$1"
	echo "no bzImage" >"$dir/boot/vmlinuz-$1"
	printf %s "$2" >"$dir/version"
}

# The upstream version of the kernel $1: 6.12.118.
upstream() {
	"$FINWAIT" kernel list --json | jq -r "select(.release | startswith(\"$1.\")).version" | sed 's/-[^-]*$//'
}

@test "bisect: what the two ends answer otherwise, and between which kernels that changed" {
	run -0 --separate-stderr "$FINWAIT" bisect loss.syn --kernel "$FIRST..$KERNEL"
	[[ $output == *"changed between $(upstream "$FIRST") ($FIRST."*") and $(upstream "$KERNEL") ($KERNEL."* ]]
	[[ $output == *"retransmissions"*"6, confirmed"*"10, REFUTED"* ]]
	[[ $stderr == *"2 of 2 kernels: 0 answers from the store, 2 asked"* ]]
	# whoever asks again, whatever he asks, is told from the store
	run -0 --separate-stderr "$FINWAIT" bisect loss.syn --kernel "$FIRST..$KERNEL" --json
	jq -es 'map(select(.changed_since != "")) | length > 0 and all(.answer == "changed" and .silent_between == 0)' <<<"$output"
	[[ $stderr == *"2 answers from the store, 0 asked"* ]]
	run -0 --separate-stderr "$FINWAIT" history loss.syn
	[[ $output == *"retransmissions"*"$(upstream "$FIRST"): 6, confirmed; $(upstream "$KERNEL"): 10, REFUTED"* ]]
	[[ $stderr == *"2 answers from the store, 0 asked"* ]]
	"$FINWAIT" history loss.syn --json | jq -es 'map(select(.finding == "retransmissions")) | map([.span, .spans, .measured]) == [[1,2,"6"],[2,2,"10"]]'
	# the ends of another probe answer alike
	run -1 --separate-stderr "$FINWAIT" bisect self.connect --kernel "$FIRST..$KERNEL"
	[ "$output" = "$(upstream "$FIRST") and $(upstream "$KERNEL") answer alike" ]
}

@test "bisect: a kernel that does not boot is stepped over" {
	broken_kernel 6.7.1-cloud-amd64 6.7.1-1
	broken_kernel 6.7.2-rt-amd64 6.7.2-1 # of another flavour
	COLUMNS=200 run -3 --separate-stderr "$FINWAIT" bisect loss.syn --kernel "$FIRST..$KERNEL"
	rm -r "$XDG_CACHE_HOME"/finwait/kernels/6.7.*
	[[ $output == *$'\n'"3 "*"6.7.1 "*"is no bzImage"*"no answer"* ]]
	[[ $output == *"which of 2 it was cannot be told"* ]]
	[[ $output != *6.7.2* ]]
}

@test "bisect, history: a folder of built kernels, by their versions" {
	mkdir -p built/z/boot built/z/lib/modules/9.9.9-rc1 empty
	ln -s "$XDG_CACHE_HOME"/finwait/kernels/"$KERNEL".* built/a
	echo "no bzImage" >built/z/boot/vmlinuz-9.9.9-rc1
	run -3 --separate-stderr "$FINWAIT" history self.connect --kernel built
	[[ $output == "2 kernels, $KERNEL."*" to 9.9.9-rc1"* ]]
	[[ $output == *"9.9.9-rc1: "*"is no bzImage"* ]]
	refused 3 "9.9.9-rc1 does not tell: " "$FINWAIT" bisect self.connect --kernel built
	rm -r built/z
	refused 2 "has one kernel, $KERNEL." "$FINWAIT" bisect self.connect --kernel built
	refused 3 "empty has no kernel" "$FINWAIT" bisect self.connect --kernel empty
}

@test "bisect, history: mistakes are told in a line, and nothing is asked" {
	refused 2 "wants --kernel GOOD..BAD" "$FINWAIT" bisect loss.syn
	refused 2 "wants GOOD..BAD or a folder, not '$KERNEL'" "$FINWAIT" bisect loss.syn --kernel "$KERNEL"
	refused 2 "both ends are $KERNEL." "$FINWAIT" bisect loss.syn --kernel "$KERNEL..newest"
	refused 2 "is newer than" "$FINWAIT" bisect loss.syn --kernel "$KERNEL..$FIRST"
	refused 3 "kernel '2.6' has not been fetched" "$FINWAIT" bisect loss.syn --kernel "2.6..$KERNEL"
	refused 2 "takes real time" "$FINWAIT" history loss.syn --kernel "host,$KERNEL"
	refused 2 "did you mean loss.syn" "$FINWAIT" bisect loss.sin --kernel "$FIRST..$KERNEL"
	refused 2 "did you mean tcp_syn_retries" "$FINWAIT" bisect loss.syn --kernel "$FIRST..$KERNEL" --set tcp_sin_retries=3
	refused 2 "did you mean tcp_syn_retries" "$FINWAIT" history loss.syn --set tcp_sin_retries=3
	refused 2 "takes no value 'x'" "$FINWAIT" history loss.syn --set tcp_syn_retries=x
	refused 2 "did you mean user_timeout_ms" "$FINWAIT" history ask.user-timeout --param user_timeout=5
	# what only the newest has is no mistake
	refused 3 "does not tell: this kernel has no sysctl" "$FINWAIT" bisect loss.syn --kernel "$FIRST..$KERNEL" --set tcp_syn_linear_timeouts=3
	broken_kernel 6.99.2-rt-amd64 6.99.2-1
	refused 2 "differ in flavour" "$FINWAIT" bisect loss.syn --kernel "$KERNEL..6.99.2"
	rm -r "$XDG_CACHE_HOME"/finwait/kernels/6.99.*
	[ -z "$(answer_files)" ]
}
