# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Slurm as it is, on this machine (slurm-cluster), for slurm.bats, scripts/disturb-sweep and
# scripts/bench. After cluster_begin: CLUSTER, the folder; CLUSTER_OUTER, the process that ends all of it
# with itself; CLUSTER_INIT, the first one of its PID namespace; SLURM_CONF, for Slurm's own commands.

SLURM_CLUSTER=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/slurm-cluster

# What is missing here, if anything.
slurm_lacking() {
	local program

	[ "$(id -u)" -eq 0 ] || echo "needs root"
	for program in slurmctld slurmd munged sbatch squeue scancel; do
		command -v $program >/dev/null || echo "needs $program"
	done
}

# cluster_begin FOLDER: which is made. Slurm's daemons live in namespaces that end with this process,
# however it ends.
cluster_begin() {
	CLUSTER=$1
	mkdir "$CLUSTER"
	# bats waits for all who have its descriptor 3
	setpriv --pdeathsig KILL unshare --pid --net --mount-proc --fork --kill-child \
		"$SLURM_CLUSTER" "$CLUSTER" >"$CLUSTER/out" 2>&1 3>&- &
	CLUSTER_OUTER=$!
	await_slurm cluster_is_begun || return
	CLUSTER_INIT=$(pgrep -P $CLUSTER_OUTER)
	export CLUSTER CLUSTER_OUTER CLUSTER_INIT SLURM_CONF=$CLUSTER/slurm.conf
	await_slurm nodes_are_idle
}

cluster_end() {
	[ -n "${CLUSTER_OUTER-}" ] || return 0
	kill -9 "$CLUSTER_OUTER" 2>/dev/null || true
	wait "$CLUSTER_OUTER" 2>/dev/null || true
}

cluster_is_begun() {
	[ -e "$CLUSTER/n2" ]
}

# In the cluster's namespaces, from this folder.
inside() {
	nsenter --target "$CLUSTER_INIT" --pid --net --mount --wd="$PWD" -- "$@"
}

nodes_are_idle() {
	[ "$(inside sinfo --noheader --format='%D %t' 2>/dev/null)" = "2 idle" ]
}

nothing_is_queued() {
	[ -z "$(inside squeue --noheader)" ]
}

# node_init NODE: the first process of its namespace.
node_init() {
	pgrep -P "$(pgrep -f -P "$CLUSTER_INIT" -- " be $1\$")"
}

# node_kill NODE: and all that it runs, as a power failure does.
node_kill() {
	kill -9 "$(node_init "$1")"
}

# node_begin NODE: one that was killed.
node_begin() {
	inside "$SLURM_CLUSTER" "$CLUSTER" begin "$1"
}

# slurmd_kill NODE: what the node runs goes on; slurmd is back at once, but for slurmd_away NODE, and
# then after slurmd_back NODE.
slurmd_kill() {
	kill -9 "$(pgrep -o -x -P "$(node_init "$1")" slurmd)"
}

slurmd_away() {
	touch "$CLUSTER/away-$1"
}

slurmd_back() {
	rm "$CLUSTER/away-$1"
}

# COMMAND...: until it succeeds; 90 s at most.
await_slurm() {
	for _ in $(seq 900); do
		! "$@" || return 0
		sleep 0.1
	done
	echo "in vain: $*" >&2
	tail -n 20 "$CLUSTER"/*.log "$CLUSTER"/*.out >&2
	return 1
}
