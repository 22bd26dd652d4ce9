#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernel packages and the cache: what a broken archive, a full disk and a killed finwait leave,
# and when a snapshot is made anew. The archive is one of our own, on this disk: no network.
# The last tests run a guest, of the last of FINWAIT_TEST_KERNELS, as in vm.bats.

bats_require_minimum_version 1.5.0
load helper
# shellcheck disable=SC2154,SC2164 # status, output, stderr are of bats, and it ends a test that fails

RELEASE=6.99.1-cloud-amd64
KERNELS=${FINWAIT_TEST_KERNELS:-6.1 6.12}

setup_file() {
	load helper
	export GNUPGHOME=$BATS_FILE_TMPDIR/gpg
	mkdir -m 700 "$GNUPGHOME"
	gpg --batch -q --passphrase '' --quick-gen-key 'finwait test' ed25519 sign never
	export VM_CACHE=${FINWAIT_TEST_CACHE:-$BATS_FILE_TMPDIR/cache}
	mkdir -p "$VM_CACHE"
	XDG_CACHE_HOME=$VM_CACHE "$FINWAIT" kernel fetch "${KERNELS##* }"
}

teardown_file() {
	gpgconf --kill all
}

setup() {
	cd "$BATS_TEST_TMPDIR"
	export XDG_CACHE_HOME=$PWD/cache
	mkdir cache
	KERNEL=$(echo "$VM_CACHE"/finwait/kernels/"${KERNELS##* }".*)
	MISMATCH="is not what the archive's signed index says" BAD_SIGNATURE=BADSIG
	# apt 3 calls a mismatch an undetermined error where it copies, and has another verifier.
	if dpkg --compare-versions "$(dpkg-query -W -f '${Version}' apt)" ge 2.9; then
		MISMATCH="cannot be fetched, and apt does not say why"
		BAD_SIGNATURE="Message has been manipulated"
	fi
}

# ---- an archive

archive_sign() {
	local suite

	for suite in archive/dists/*; do
		gpg --batch -q --yes --clearsign -o "$suite/InRelease" "$suite/Release"
	done
}

# The index of every suite that finwait asks for, and what is signed of it.
archive_index() {
	local suite index deb=archive/pool/kernel.deb

	for suite in bullseye bookworm{,-backports} trixie{,-backports} sid; do
		index=main/binary-amd64/Packages
		mkdir -p "archive/dists/$suite/main/binary-amd64"
		cat package/DEBIAN/control - >"archive/dists/$suite/$index" <<-END
			Filename: pool/kernel.deb
			Size: $(stat -c %s "$deb")
			SHA256: $(sha256sum <"$deb" | cut -d ' ' -f 1)

		END
		cat >"archive/dists/$suite/Release" <<-END
			Origin: Debian
			Suite: $suite
			Codename: $suite
			Date: $(LC_ALL=C date -Ru)
			Architectures: amd64
			Components: main
			SHA256:
			 $(cd "archive/dists/$suite" && sha256sum "$index" | cut -d ' ' -f 1) $(stat -c %s "archive/dists/$suite/$index") $index
		END
	done
}

# In archive/: one kernel of $1 random bytes, and an apt that knows no other archive.
archive_make() {
	mkdir -p package/DEBIAN package/boot "package/lib/modules/$RELEASE" archive/pool
	head -c "${1:-1000}" /dev/urandom >"package/boot/vmlinuz-$RELEASE"
	echo module >"package/lib/modules/$RELEASE/one.ko"
	cat >package/DEBIAN/control <<-END
		Package: linux-image-$RELEASE
		Version: 6.99.1-1
		Architecture: amd64
		Maintainer: finwait test <test@example.invalid>
		Description: no kernel at all
	END
	dpkg-deb --root-owner-group --build package archive/pool/kernel.deb >/dev/null
	archive_index
	archive_sign
	gpg --batch --export >keyring.gpg
	cat >host.sources <<-END
		Types: deb
		URIs: copy:$PWD/archive
		Suites: sid
		Components: main
		Signed-By: $PWD/keyring.gpg
	END
	mkdir -p host/lists/partial host/cache/archives/partial
	cat >apt.conf <<-END
		Dir::Etc::SourceParts "/dev/null";
		Dir::Etc::SourceList "$PWD/host.sources";
		Dir::State::Lists "$PWD/host/lists";
		Dir::Cache "$PWD/host/cache";
		APT::Sandbox::User "root";
	END
	export APT_CONFIG=$PWD/apt.conf
	apt-get update -q >/dev/null
}

# Nothing that was being fetched or locked is left.
nothing_left_over() {
	[ -z "$(find "$XDG_CACHE_HOME" -name '.new-*' -o -name '.lock-*' -o -name '*.deb')" ]
}

@test "a kernel is fetched, listed and removed, and leaves nothing" {
	archive_make
	run -0 "$FINWAIT" kernel fetch 6.99
	[[ $output =~ ^$RELEASE\ +6\.99\.1-1$ ]]
	cmp "package/boot/vmlinuz-$RELEASE" "cache/finwait/kernels/$RELEASE/boot/vmlinuz-$RELEASE"
	run -0 "$FINWAIT" kernel fetch newest
	[[ $output == *"(was there)" ]]
	run -0 "$FINWAIT" kernel list
	[[ $output =~ ^$RELEASE\ +6\.99\.1-1\ +1\ MB$ ]]
	nothing_left_over
	run -0 "$FINWAIT" kernel rm 6.99
	[ -z "$(find cache/finwait/kernels cache/finwait/guests -mindepth 1)" ]
	run -0 "$FINWAIT" kernel list
	[[ $output == "No kernel has been fetched"* ]]
}

@test "a package that is not what the index says: one line, and nothing of it is kept" {
	archive_make
	mkdir -p "cache/finwait/kernels/6.98.1-cloud-amd64"/{boot,lib/modules/6.98.1-cloud-amd64}
	touch cache/finwait/kernels/6.98.1-cloud-amd64/boot/vmlinuz-6.98.1-cloud-amd64
	cp archive/pool/kernel.deb honest.deb
	for damage in 'bs=1 seek=300' 'bs=1 seek=100000'; do # within, and longer
		cp honest.deb archive/pool/kernel.deb
		# shellcheck disable=SC2086
		echo X | dd of=archive/pool/kernel.deb $damage conv=notrunc status=none
		refused 3 "archive/pool/kernel.deb $MISMATCH" \
			"$FINWAIT" kernel fetch 6.99
		[ "$(ls -A cache/finwait/kernels)" = 6.98.1-cloud-amd64 ]
		nothing_left_over
	done
	run -0 "$FINWAIT" kernel list
	[[ $output == "6.98.1-cloud-amd64 "* ]]
	cp honest.deb archive/pool/kernel.deb
	run -0 "$FINWAIT" kernel fetch 6.99
}

@test "an index that is not what its release file says: one line" {
	archive_make
	sed -i 's/no kernel/a  kernel/' archive/dists/*/main/binary-amd64/Packages
	refused 3 "Packages $MISMATCH" "$FINWAIT" kernel fetch 6.99
	nothing_left_over
}

@test "a signature that is none, or a stranger's: one line, whatever the host's apt allows" {
	archive_make
	# shellcheck disable=SC2016
	echo 'APT::Get::AllowUnauthenticated "true"; Acquire::AllowInsecureRepositories "true";' >>apt.conf
	mv keyring.gpg ours.gpg
	for keyring in /dev/null missing; do
		rm -rf cache/finwait keyring.gpg
		[ "$keyring" = missing ] || cp "$keyring" keyring.gpg
		refused 3 "is debian-archive-keyring up to date?" "$FINWAIT" kernel fetch 6.99
		[[ $stderr == *" InRelease is not accepted ("* ]]
	done
	mv ours.gpg keyring.gpg
	sed -i 's/^Suite: .*/Suite: other/' archive/dists/*/InRelease
	refused 3 "InRelease is not accepted ($BAD_SIGNATURE" "$FINWAIT" kernel fetch 6.99
	rm archive/dists/*/InRelease
	refused 3 "has no signature" "$FINWAIT" kernel fetch 6.99
	nothing_left_over
	archive_sign
	run -0 "$FINWAIT" kernel fetch 6.99
	# What was known stays good; that it may not be all is said.
	sed -i 's/^Suite: .*/Suite: other/' archive/dists/*/InRelease
	find cache -name 'updated*' -delete
	refused 3 "no Debian kernel '6.97' in what could be read of this machine's mirror: " \
		"$FINWAIT" kernel fetch 6.97
	[[ $stderr == *"$BAD_SIGNATURE"* ]]
}

@test "what the mirror offers is read once, until its lists are others" {
	local listed asked

	archive_make
	mkdir bin
	printf '#!/bin/sh\necho "$@" >>%s/asked\nexec %s "$@"\n' "$PWD" "$(command -v apt-cache)" >bin/apt-cache
	chmod 755 bin/apt-cache
	PATH=$PWD/bin:$PATH
	listed=$("$FINWAIT" kernel list --all)
	[[ $listed =~ ^$RELEASE\ +6\.99\.1-1\ +bullseye,\ .*sid$ ]]
	asked=$(wc -l <asked)
	[ "$("$FINWAIT" kernel list --all)" = "$listed" ]
	[ "$(wc -l <asked)" -eq "$asked" ]
	# what is not whole, or of another question, is asked again
	for change in 's/6\.99\.1-1/6.99.2-1/' '$d' '1s/search\|show/madison/'; do
		sed -i "$change" cache/finwait/apt-wide/shown
		[ "$("$FINWAIT" kernel list --all)" = "$listed" ]
		[ "$(wc -l <asked)" -eq $((++asked)) ]
	done
	# and so is all of it of other lists
	sed -i 's/^Version: .*/Version: 6.99.1-2/' package/DEBIAN/control
	archive_index
	archive_sign
	touch -d '+1 minute' archive/dists/*/InRelease # apt goes by whole seconds
	rm cache/finwait/apt-wide/updated
	script -qec "'$FINWAIT' kernel list --all" /dev/null >seen
	grep -q 'fetching Debian' seen
	grep -q "$RELEASE  *6\.99\.1-2 " seen
	script -qec "'$FINWAIT' kernel list --all" /dev/null >seen
	grep -q 'reading Debian' seen
}

# on_disk SIZE COMMAND...: with cache/ on a disk of that size. Its files are listed in left.txt.
on_disk() {
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount -t tmpfs -o size="$1" none cache && shift && "$@"; status=$?
		find cache -type f >left.txt; exit $status' sh "$@"
}

need_mounts() {
	need_root
	unshare -m true 2>/dev/null || skip "needs a mount namespace, which a chroot does not allow"
}

@test "the disk is full at any point of a fetch: one line, and nothing half is kept" {
	need_mounts
	archive_make 3000000
	for size in 30k 50k 60k 100k 1m 2500k 3500k 5m; do
		refused 3 "/cache/finwait/" on_disk "$size" "$FINWAIT" kernel fetch 6.99
		[[ $stderr == *" is full: 'finwait kernel rm' makes room"* ]]
		run ! grep kernels left.txt
	done
	run -0 on_disk 16m "$FINWAIT" kernel fetch 6.99
}

@test "the disk is full at any point of a snapshot: one line, and nothing of it is kept" {
	need_mounts
	unset APT_CONFIG
	for size in 20m 55m 100m; do # the kernel; its initrd, or little of RAM; RAM
		refused 3 "/cache/finwait/guests is full" on_disk "$size" \
			"$FINWAIT" run self.two-waves --kernel "$KERNEL"
		[ ! -s left.txt ]
	done
}

@test "less memory than the kernel and its initrd take: one line before the start" {
	FINWAIT_GUEST_MB=60 refused 3 "more than the guest's 60 (FINWAIT_GUEST_MB)" \
		"$FINWAIT" run self.two-waves --kernel "$KERNEL"
	nothing_left_over
}

# ---- when a snapshot is made anew

snapshot() {
	stat -c %i cache/finwait/guests/[0-9]*/ram
}

@test "a module that changes, or is new, makes the snapshot anew; another one's contents do not" {
	local first second third module
	cp -r "$KERNEL" kernel
	module=$(find kernel -name 'sch_netem.ko*')
	run_it() { "$FINWAIT" run self.two-waves --kernel ./kernel >/dev/null; }
	run_it
	first=$(snapshot)
	echo >>"$(find kernel -name 'pcspkr.ko*' -o -name 'loop.ko*' | head -n 1)"
	run_it
	[ "$(snapshot)" = "$first" ]
	echo >>"$module"
	run_it
	second=$(snapshot)
	[ "$second" != "$first" ]
	touch "$(dirname "$module")/new.ko"
	run_it
	third=$(snapshot)
	[ "$third" != "$second" ]
	run_it
	[ "$(snapshot)" = "$third" ]
	nothing_left_over
}

@test "finwait is killed while it makes a snapshot: the next one clears up, kernel rm leaves nothing" {
	local pid i new
	mkdir -p cache/finwait/kernels
	cp -r "$KERNEL" cache/finwait/kernels/
	KERNEL=${KERNEL##*/}
	"$FINWAIT" run self.two-waves --kernel "$KERNEL" &
	pid=$!
	for ((i = 0; i < 600; i++)); do
		new=$(echo cache/finwait/guests/.new-"$KERNEL"-*)
		[ ! -s "$new/state" ] || break
		sleep 0.1
	done
	kill -9 "$pid"
	wait "$pid" || true
	[ -d "$new" ]
	echo stale >cache/finwait/guests/.lock-"$KERNEL"-0123456789abcdef
	"$FINWAIT" run self.two-waves --kernel "$KERNEL" >/dev/null
	nothing_left_over
	[ "$(find cache/finwait/guests -mindepth 1 -maxdepth 1 | wc -l)" -eq 1 ]
	run -0 "$FINWAIT" kernel list
	[[ $output =~ \ MB,\ 1\ guest\ [0-9]+\ MB$ ]]
	mkdir cache/finwait/guests/.new-"$KERNEL"-0123456789abcdef
	run -0 "$FINWAIT" kernel rm "$KERNEL"
	[ -z "$(find cache/finwait/kernels cache/finwait/guests -mindepth 1)" ]
}

@test "Ctrl-C, SIGTERM or SIGHUP while a snapshot is made: one line, and nothing of it is kept" {
	local signal pid i status
	mkdir -p cache/finwait/kernels
	cp -r "$KERNEL" cache/finwait/kernels/
	for signal in INT TERM HUP; do
		# a shell has its background ignore SIGINT
		env --default-signal "$FINWAIT" run self.two-waves --kernel "${KERNEL##*/}" \
			>out.txt 2>err.txt 3>&- &
		pid=$!
		for ((i = 0; i < 600; i++)); do
			compgen -G 'cache/finwait/guests/.new-*/ram' >/dev/null && break
			sleep 0.1
		done
		kill -"$signal" "$pid"
		status=0
		wait "$pid" || status=$?
		[ "$status" -eq 3 ]
		[ ! -s out.txt ]
		[ "$(wc -l <err.txt)" -eq 1 ]
		grep -q '^finwait: interrupted while a guest of .* was made ready$' err.txt
		nothing_left_over
		[ -z "$(find cache/finwait/guests -mindepth 1)" ]
	done
}

# flip OFFSET: another byte there in the snapshot's memory.
flip() {
	printf '\xa5' | dd of="$(echo cache/finwait/guests/[0-9]*/ram)" bs=1 seek="$1" \
		conv=notrunc status=none
}

@test "a snapshot whose memory is not what was saved is made anew" {
	local first second i
	run_it() { run -0 "$FINWAIT" run self.two-waves --kernel "$KERNEL"; }
	run_it
	first=$(snapshot)
	# a copy is as good: all of it is read, once
	cp -a cache/finwait/guests copy
	rm -r cache/finwait/guests
	mv copy cache/finwait/guests
	second=$(snapshot)
	[ "$second" != "$first" ]
	run_it
	[ "$(snapshot)" = "$second" ]
	for ((i = 0; i < 25; i++)); do
		flip $((40000000 + i * 1000003))
	done
	run_it
	first=$(snapshot)
	[ "$first" != "$second" ]
	run_it
	[ "$(snapshot)" = "$first" ]
	head -c 268435456 /dev/zero >"$(echo cache/finwait/guests/[0-9]*/ram)"
	run_it
	nothing_left_over
}

# ---- whom it belongs to

@test "what another user owns or may write in the cache is refused, not run" {
	local at
	need_root
	archive_make
	run -0 "$FINWAIT" kernel fetch 6.99
	mkdir program
	printf '#!/bin/sh\ntouch %s/was-run\n' "$PWD" >program/gpgv
	chmod +x program/gpgv
	for at in '' /apt /apt/apt.conf /apt/lists; do
		echo "Dir::Bin::Methods \"$PWD/program\"; Dir::Bin::gpg \"$PWD/program/gpgv\";" \
			>>cache/finwait/apt/apt.conf
		chown $NOBODY "cache/finwait$at"
		refused 3 "cache/finwait$at in the cache belongs to another user (uid $NOBODY)" \
			"$FINWAIT" kernel fetch 6.99
		chown 0 "cache/finwait$at"
		chmod o+w "cache/finwait$at"
		refused 3 "others may write $PWD/cache/finwait$at in the cache" \
			"$FINWAIT" kernel fetch 6.99
		chmod o-w "cache/finwait$at"
	done
	mv cache/finwait/apt aside
	ln -s "$PWD/aside" cache/finwait/apt # as on another disk
	chown $NOBODY aside
	refused 3 "$PWD/aside in the cache belongs to another user" "$FINWAIT" kernel fetch 6.99
	[ ! -e was-run ]
}

@test "a cache in a folder where another user could replace it is refused" {
	need_root
	mkdir -p open/cache sticky/cache theirs/cache
	chmod 777 open
	chmod 1777 sticky
	chown $NOBODY theirs
	XDG_CACHE_HOME=$PWD/open/cache refused 3 "open, which others may write" "$FINWAIT" kernel list
	XDG_CACHE_HOME=$PWD/theirs/cache refused 3 "theirs, of another user (uid $NOBODY)" \
		"$FINWAIT" kernel list
	XDG_CACHE_HOME=$PWD/sticky/cache run -0 "$FINWAIT" kernel list
}

@test "what a guest is made of, and its snapshot, are refused where others may write them" {
	local file
	need_root
	mkdir -p cache/finwait/kernels
	cp -r "$KERNEL" cache/finwait/kernels/
	file=$(find cache/finwait/kernels -name 'veth.ko*')
	chmod o+w "$file"
	refused 3 "others may write $PWD/$file" \
		"$FINWAIT" run self.two-waves --kernel "${KERNEL##*/}"
	chmod o-w "$file"
	run -0 "$FINWAIT" run self.two-waves --kernel "${KERNEL##*/}"
	file=$(echo cache/finwait/guests/[0-9]*/ram)
	chown $NOBODY "$file"
	refused 3 "belongs to another user" "$FINWAIT" run self.two-waves --kernel "${KERNEL##*/}"
}

@test "a FIFO or a damaged file in place of a kernel or a module: one line that names it" {
	local vmlinuz module
	cp -r "$KERNEL" kernel
	vmlinuz=$(find kernel -name 'vmlinuz*')
	module=$(find kernel -name 'veth.ko*')
	mv "$vmlinuz" good
	mkfifo "$vmlinuz"
	refused 3 "${vmlinuz#kernel/} is no regular file" \
		timeout 20 "$FINWAIT" run self.two-waves --kernel ./kernel
	rm "$vmlinuz"
	head -c 3000000 good >"$vmlinuz"
	refused 3 "${vmlinuz#kernel/} is no bzImage" "$FINWAIT" run self.two-waves --kernel ./kernel
	mv good "$vmlinuz"
	mkdir -p cache/finwait/kernels
	if [[ $module == *.xz ]]; then # 5.10 and 6.1 have them as they are
		printf '\0\0\0\0' | dd of="$module" bs=1 seek=5000 conv=notrunc status=none
		refused 3 "${module##*/} is damaged (unpack xz)" \
			"$FINWAIT" run self.two-waves --kernel ./kernel
		cp -r kernel "cache/finwait/kernels/${KERNEL##*/}"
		refused 3 "finwait kernel rm ${KERNEL##*/}, then fetch it again" \
			"$FINWAIT" run self.two-waves --kernel "${KERNEL##*/}"
	fi
	nothing_left_over
}

@test "newest is the newest of all suites, whatever was asked before" {
	archive_make
	sed 's/6\.99\.1/7.0.1/g' archive/dists/sid/main/binary-amd64/Packages >>more
	cat more >>archive/dists/trixie-backports/main/binary-amd64/Packages
	(
		cd archive/dists/trixie-backports
		index=main/binary-amd64/Packages
		sed -i '/^ /d' Release
		echo " $(sha256sum "$index" | cut -d ' ' -f 1) $(stat -c %s "$index") $index" >>Release
	)
	archive_sign
	run -0 "$FINWAIT" kernel fetch 6.99
	# the other one's file is the same package: what counts is which one is asked for
	run "$FINWAIT" kernel fetch newest
	[[ $output == *7.0.1* ]]
	rm -r cache/finwait
	run "$FINWAIT" kernel fetch newest
	[[ $output == *7.0.1* ]]
}
