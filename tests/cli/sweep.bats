#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A sample of what scripts/sweep-models asks, of a kernel where hours take no time.
# FINWAIT_TEST_SWEEP=all asks all, FINWAIT_TEST_KERNELS of others; FINWAIT_TEST_CACHE as in vm.bats.

bats_require_minimum_version 1.5.0
load helper

KERNELS=${FINWAIT_TEST_KERNELS:-6.12}
SAMPLE=${FINWAIT_TEST_SWEEP:-30}

setup_file() {
	load helper
	export XDG_CACHE_HOME=${FINWAIT_TEST_CACHE:-$BATS_FILE_TMPDIR/cache}
	mkdir -p "$XDG_CACHE_HOME"
	# shellcheck disable=SC2086
	"$FINWAIT" kernel fetch $KERNELS
	export FINWAIT
}

@test "sysctls and parameters over their ranges: the kernel as predicted" {
	run -0 "$TOP/scripts/sweep-models" --kernel "${KERNELS// /,}" --sample "${SAMPLE/all/0}"
	echo "$output"
	[[ $output == *" 0 where model and kernel disagree"* ]]
}

@test "sweep-models says what disagrees" {
	# a kernel of its own: the program says that each model failed
	cat >"$BATS_TEST_TMPDIR/finwait" <<-'END'
		#!/bin/sh
		echo "$2 MODEL FAILED predicted 1 measured 2" && exit 1
	END
	chmod +x "$BATS_TEST_TMPDIR/finwait"
	FINWAIT=$BATS_TEST_TMPDIR/finwait run -1 "$TOP/scripts/sweep-models" --sample 3 ports
	[[ $output == *"ask.bind-no-port MODEL FAILED"* ]]
	[[ $output == *"3 cases: 0 as predicted, 3 where model and kernel disagree"* ]]
}
