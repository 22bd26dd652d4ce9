#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# finwait sweep --slurm, with Slurm as it is (slurm-cluster). FINWAIT_TEST_CACHE,
# FINWAIT_TEST_KERNELS as in vm.bats.

bats_require_minimum_version 1.5.0
load helper
load slurm

KERNELS=${FINWAIT_TEST_KERNELS:-6.12}
KERNEL=${KERNELS##* }

# So many that both tasks are under way for some seconds: a node answers five a second and more,
# and to ask squeue who runs takes a tenth of one.
VALUES=30..89
POINTS=60

setup_file() {
	load helper
	load slurm
	[ -z "$(slurm_lacking)" ] || return 0
	export XDG_CACHE_HOME=${FINWAIT_TEST_CACHE:-$BATS_FILE_TMPDIR/cache}
	mkdir -p "$XDG_CACHE_HOME"
	"$FINWAIT" kernel fetch "$KERNEL"
	# The kernel is shared, guest and answers are this file's own.
	mkdir -p "$BATS_FILE_TMPDIR/own/finwait"
	ln -s "$XDG_CACHE_HOME/finwait/kernels" "$BATS_FILE_TMPDIR/own/finwait/"
	export XDG_CACHE_HOME=$BATS_FILE_TMPDIR/own
	cluster_begin "$BATS_FILE_TMPDIR/cluster"
	cd "$BATS_FILE_TMPDIR"
	sweep --csv csv >table # what one machine prints
}

teardown_file() {
	cluster_end
}

setup() {
	local why

	why=$(slurm_lacking | head -n 1)
	[ -z "$why" ] || skip "$why"
	cd "$BATS_TEST_TMPDIR"
	await_slurm nodes_are_idle
	ANSWERS=$XDG_CACHE_HOME/finwait/answers
	rm -rf "$ANSWERS"
	mkdir "$ANSWERS"
}

sweep() {
	"$FINWAIT" sweep wave4.lost --set tcp_fin_timeout=$VALUES --kernel "$KERNEL" "$@"
}

# It listens to SIGINT, also where all of the test was begun in a shell's background, which does not.
slurm_sweep() {
	inside env --default-signal=INT "$FINWAIT" sweep wave4.lost --set tcp_fin_timeout=$VALUES \
		--kernel "$KERNEL" --slurm --chunks 2 "$@"
}

answers() {
	find "$ANSWERS" -type f -name '[!.]*' | wc -l
}

# Both tasks have answered something, and neither is done.
tasks_are_under_way() {
	[ "$(answers)" -ge 3 ] &&
		[ "$(inside squeue --noheader --states=RUNNING --format=%N | sort | xargs)" = "n1 n2" ]
}

as_one_machine() {
	cmp table "$BATS_FILE_TMPDIR/table"
	cmp csv "$BATS_FILE_TMPDIR/csv"
	[ -z "$(ls -A "$XDG_CACHE_HOME/finwait/slurm")" ]
}

@test "slurm: an array is cancelled, and what is printed is what one machine prints" {
	slurm_sweep --csv csv >table 2>said &
	await_slurm tasks_are_under_way
	inside scancel "$(sed -n 's/.*job \([0-9]*\): .*/\1/p' said)"
	wait $!
	as_one_machine
	[ "$(answers)" -eq $POINTS ]
}

@test "slurm: who is interrupted cancels his array, and loses nothing" {
	local had status=0

	slurm_sweep >table 2>said &
	await_slurm tasks_are_under_way
	# The oldest: what it forks has its name, too, until it is squeue.
	inside kill -INT "$(inside pgrep -o -f -- '--slurm')"
	wait $! || status=$?
	[ "$status" -eq 3 ] || fail_with "it ended with $status: $(cat said)"
	[ ! -s table ]
	grep -q 'interrupted; what has been answered is kept' said
	await_slurm nothing_is_queued
	had=$(answers)
	[ "$had" -ge 3 ] && [ "$had" -lt $POINTS ]
	[ -z "$(ls -A "$XDG_CACHE_HOME/finwait/slurm")" ]
	sweep --csv csv >table 2>said
	grep -q "$POINTS points: $had from the store, $((POINTS - had)) asked" said
	as_one_machine
}

@test "slurm: what it refuses is one line of its own" {
	refused 3 'sbatch: Batch job submission failed: Invalid partition name' \
		slurm_sweep --partition nowhere
	[ -z "$(ls -A "$XDG_CACHE_HOME/finwait/slurm")" ]
	sed '$a SlurmctldPort=6999' "$SLURM_CONF" >elsewhere # where nobody listens
	SLURM_CONF=$PWD/elsewhere refused 3 'sbatch: Batch job submission failed: Unable to contact' \
		slurm_sweep
	nothing_is_queued
}

# The last one: its node stays down.
@test "slurm: a node dies in mid-sweep, and what is printed is what one machine prints" {
	slurm_sweep --csv csv >table 2>said &
	await_slurm tasks_are_under_way
	node_kill n1
	had=$(answers)
	[ "$had" -lt $POINTS ]
	wait $!
	as_one_machine
	[ "$(answers)" -eq $POINTS ]
	grep -q 'job [0-9]*: 2 tasks of about' said
	grep -q "$POINTS points: 0 from the store, $POINTS asked" said
	inside squeue --states=all --noheader --format=%T | grep -q COMPLETED
	"$FINWAIT" store check
}
