/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernels: the Debian kernels that guests run. Packages come through apt with a
 * private configuration (lists, state and sources of its own: the host's apt only
 * lends its mirror, keyring, proxy and credentials) and are unpacked, never installed.
 */
#ifndef FINWAIT_VM_KERNELS_H
#define FINWAIT_VM_KERNELS_H

#include <stdbool.h>
#include <stddef.h>

#include "cache.h"

struct vm_kernel {
	char release[96]; /* uname -r: "6.12.117+deb13-cloud-amd64" */
	char version[64]; /* the package's: "6.12.117-1"; "" for --kernel PATH */
	char vmlinuz[CACHE_PATH], modules[CACHE_PATH]; /* lib/modules/RELEASE */
};

struct vm_kernels {
	struct vm_kernel *items; /* newest first */
	size_t count;
};

/* What has been fetched. */
int kernels_list(struct vm_kernels *kernels, struct fault *f) MUST_CHECK;
void kernels_free(struct vm_kernels *kernels);

/*
 * Whether nobody else could have changed a fetched kernel or its modules (trust.h): -EPERM with
 * a line that names what. Looks at every file: for who is about to boot it anew.
 */
int kernel_trusted(const struct vm_kernel *kernel, struct fault *f) MUST_CHECK;

/* Remove a fetched kernel; vm_forget() removes what was made of it. */
int kernel_forget(const char *release, struct fault *f) MUST_CHECK;

/*
 * @name is a version ("6.12", "6.12.117"), a release, "newest", or a path: of a
 * vmlinuz, of a folder with boot/ and lib/modules/, or VMLINUZ:MODULES. The newest
 * fetched one that fits best (kernel_name_rank()). -ENOENT: none does; the fault says how to
 * fetch it.
 */
int kernel_find(const char *name, struct vm_kernel *kernel, struct fault *f) MUST_CHECK;

/* The one of @release in the tree @dir (boot/, lib/modules/); false: it has none, or not all of it. */
bool kernel_of_tree(const char *dir, const char *release, struct vm_kernel *kernel);

/* Whether a kernel @version of @release is what @name asks for. */
bool kernel_name_fits(const char *name, const char *release, const char *version);
/*
 * How well it is: 0 not at all, 3 that very release. What a version names is Debian's kernel for
 * virtual machines (2), and one of another flavour (1) where there is none.
 */
int kernel_name_rank(const char *name, const char *release, const char *version);

/* "cloud", "rt", "generic" of "6.12.117+deb13-cloud-amd64"; "" of what is not Debian's. */
#define KERNEL_FLAVOUR 16
const char *kernel_flavour(const char *release, char buf[KERNEL_FLAVOUR]);

/* "6.12" of "6.12.117+deb13-cloud-amd64". */
#define KERNEL_SHORT 32
const char *kernel_short(const char *release, char buf[KERNEL_SHORT]);

/* Debian's order of versions (deb-version(7)): <0, 0, >0. */
int debversion_compare(const char *a, const char *b);
/* The same of releases, as uname -r says them: 6.12.0-rc1 comes before 6.12.0. */
int release_compare(const char *a, const char *b);

/* One kernel that the archive has. */
struct vm_offer {
	char package[128]; /* linux-image-RELEASE */
	char release[96], version[64];
	char depends[1024];
	char suites[160]; /* "trixie, trixie-security", of offers_suites(); "": not asked */
	bool wide; /* of offers_ask(true, ...) */
};
struct vm_offers {
	struct vm_offer *items; /* newest first */
	size_t count;
	struct fault missing; /* why a part of the archive could not be read; err 0: all was */
};

/*
 * Ask the archive (apt-get update, once in 12 hours). What goes wrong with apt is -EIO
 * with a line of what to do, or apt's own words. @wide looks into every suite: each of the two has
 * lists of its own, so that the answer is the same whatever was asked before.
 */
int offers_ask(bool wide, struct vm_offers *offers, struct fault *f) MUST_CHECK;
/* Whether it has lists to fetch, tens of MB; else it reads those that there are. */
bool offers_are_old(bool wide);
void offers_free(struct vm_offers *offers);
/* In which suites of the archive each of @offers is, which offers_ask() brought. */
int offers_suites(struct vm_offers *offers, struct fault *f) MUST_CHECK;
const struct vm_offer *offer_find(const struct vm_offers *offers, const char *name);
/* The packages that hold its files: the image's own, or two that it depends on. How many. */
int offer_packages(const struct vm_offer *offer, char packages[2][160]);
/* Download (apt checks the hashes), unpack, rename into the cache; @kernel may be NULL. */
int offer_fetch(const struct vm_offer *offer, struct vm_kernel *kernel, struct fault *f) MUST_CHECK;

#endif
