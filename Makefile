# SPDX-License-Identifier: GPL-2.0-or-later
#
#   make            build/finwait
#   make check      unit tests (under ASan and UBSan)
#   make install    DESTDIR, PREFIX
#   make dist       build/finwait-VERSION.tar.xz of what is committed
#   V=1 shows commands, O=DIR builds elsewhere, SANITIZE=1 adds ASan and UBSan.

O ?= build
PREFIX ?= /usr/local
CC = gcc
CLANG ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
VERSION := 0.2.0

PKGS := libmnl libnl-3.0 libnl-route-3.0 libnftables libbpf libelf jansson liblzma libzstd liblz4 zlib
CPPFLAGS += -D_GNU_SOURCE -DFINWAIT_VERSION='"$(VERSION)"' -I$(O)/gen $(shell pkg-config --cflags $(PKGS))
WARN := -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wformat=2 -Wno-missing-field-initializers
CFLAGS ?= -O2 -g
ALL_CFLAGS := -std=c11 $(WARN) $(CFLAGS)
LDLIBS += $(shell pkg-config --libs $(PKGS))
ifdef SANITIZE
ALL_CFLAGS += -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
endif
ifdef WERROR
ALL_CFLAGS += -Werror
endif

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2);)

# Everything but the main program, so that tests can link against it.
LIB_SRC := $(filter-out %.bpf.c %.so.c,$(wildcard netns/*.c harness/base/*.c harness/record/*.c harness/packet/*.c harness/observe/*.c harness/step/*.c \
	harness/story/*.c harness/judge/*.c harness/examine/*.c harness/judge/model/*.c harness/report/*.c harness/report/*/*.c harness/run/*.c harness/vm/*.c harness/store/*.c harness/session/*.c))
CLI_SRC := $(wildcard harness/cli/*.c)
PROBE_SRC := $(sort $(wildcard probes/*/*.c))
SELFCHECK_SRC := $(sort $(wildcard tests/selfcheck/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(O)/%.o)
CLI_OBJ := $(CLI_SRC:%.c=$(O)/%.o)
PROBE_OBJ := $(PROBE_SRC:%.c=$(O)/%.o)
SELFCHECK_OBJ := $(SELFCHECK_SRC:%.c=$(O)/%.o)
LIB := $(O)/libfinwait.a
MAN := finwait.1 finwait-probe.7
SHELLS := bash zsh fish

all: $(O)/finwait $(MAN:%=$(O)/man/%)

# Probes from outside find every verb in the program, also those that no probe of ours uses.
PROGRAM = -rdynamic $(filter-out $(LIB),$^) -Wl,--whole-archive $(LIB) -Wl,--no-whole-archive

$(O)/finwait: $(CLI_OBJ) $(PROBE_OBJ) $(O)/gen/registry.o $(LIB) | $(O)/include/finwait
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(PROGRAM) $(LDLIBS)

# Manual pages: prose, and what the program's tables and docs/verbs.md say.
$(O)/man/finwait.1: docs/finwait.1.in $(O)/finwait scripts/make-man
	@mkdir -p $(@D)
	$(call say,MAN,$@)$(O)/finwait help --man > $@.part && \
		scripts/make-man $< $(VERSION) $@.part > $@.tmp && mv $@.tmp $@
$(O)/man/finwait-probe.7: docs/finwait-probe.7.in docs/verbs.md scripts/make-man
	@mkdir -p $(@D)
	$(call say,MAN,$@)scripts/make-man $< $(VERSION) docs/verbs.md > $@.tmp && mv $@.tmp $@
$(O)/completion/%: $(O)/finwait
	@mkdir -p $(@D)
	$(call say,GEN,$@)$(O)/finwait completion $* > $@.tmp && mv $@.tmp $@

# Where a program that is not installed has the headers for such probes.
$(O)/include/finwait:
	@mkdir -p $(@D)
	$(Q)ln -sfn $(CURDIR)/harness $@

# The same program with the probes that must fail, for the judge's own tests.
$(O)/finwait-selfcheck: $(CLI_OBJ) $(SELFCHECK_OBJ) $(O)/gen/registry-selfcheck.o $(LIB)
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $(PROGRAM) $(LDLIBS)

$(LIB): $(LIB_OBJ)
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $^

$(O)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(O)/gen/%.o: $(O)/gen/%.c
	$(call say,CC,$<)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -I. -c -o $@ $<

# The registry comes from the file names: a probe cannot silently go missing.
$(O)/gen/registry.c: $(PROBE_SRC) scripts/make-registry
	@mkdir -p $(@D)
	$(call say,GEN,$@)scripts/make-registry $(PROBE_SRC) > $@.tmp && mv $@.tmp $@
$(O)/gen/registry-selfcheck.c: $(SELFCHECK_SRC) scripts/make-registry
	@mkdir -p $(@D)
	$(call say,GEN,$@)scripts/make-registry $(SELFCHECK_SRC) > $@.tmp && mv $@.tmp $@

# eBPF: CO-RE object and its skeleton. No vmlinux.h: the same on every build machine.
BPF_INCLUDES := -idirafter /usr/include/$(firstword $(shell $(CC) -print-multiarch 2>/dev/null) $(shell uname -m)-linux-gnu)
$(O)/gen/%.bpf.o: harness/observe/%.bpf.c $(wildcard harness/observe/*-shared.h harness/observe/*.bpf.h)
	@mkdir -p $(@D)
	$(call say,BPF,$@)$(CLANG) -g -O2 -target bpf -Wall -Wextra -Wno-unused-parameter \
		$(BPF_INCLUDES) -c -o $@ $<
$(O)/gen/%.skel.h: $(O)/gen/%.bpf.o
	$(call say,SKEL,$@)$(BPFTOOL) gen skeleton $< name $(subst -,_,$*)_bpf > $@.tmp && mv $@.tmp $@
$(O)/harness/observe/trace-load.o: $(O)/gen/trace.skel.h

# What is loaded into QEMU: a library, as bytes of ours.
$(O)/gen/inside.so: harness/vm/steady.so.c harness/vm/fork.so.c harness/base/pass.c \
		harness/vm/fork.so.h harness/vm/fork.h harness/base/pass.h
	@mkdir -p $(@D)
	$(call say,SO,$@)$(CC) -D_GNU_SOURCE -std=c11 $(WARN) -O2 -fPIC -fvisibility=hidden -shared -o $@ $(filter %.c,$^)
$(O)/gen/%.so.h: $(O)/gen/%.so
	$(call say,GEN,$@)od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g' > $@.tmp && mv $@.tmp $@
$(O)/harness/vm/qemu.o: $(O)/gen/inside.so.h

# What a page and a picture bring with them, as texts of ours.
define embed
$(O)/gen/$(notdir $(1)).h: $(1) Makefile
	@mkdir -p $$(@D)
	$$(call say,GEN,$$@)od -An -v -tx1 $$< | sed 's/ \(..\)/0x\1,/g; $$$$s/$$$$/0x00/' > $$@.tmp && mv $$@.tmp $$@
endef
$(foreach file,$(wildcard harness/report/*/*.css harness/report/*/*.js),$(eval $(call embed,$(file))))
$(O)/harness/report/picture/svg.o: $(O)/gen/picture.css.h
$(O)/harness/report/map/map_svg.o: $(O)/gen/map.css.h
$(O)/harness/report/plot/svg.o: $(O)/gen/plot.css.h
$(O)/harness/report/page/page.o: $(O)/gen/page.css.h $(O)/gen/page.js.h

# What tracing costs: prints "name value unit" lines.
$(O)/tests/bench/trace_storm: $(O)/tests/bench/trace_storm.o $(LIB)
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# The tables in docs/record.md, from those that write and read a record.
$(O)/schema-tool: $(O)/tests/schema/schema_tool.o $(LIB)
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
record-doc: $(O)/schema-tool
	$(call say,GEN,docs/record.md)$< tables docs/record.md > $(O)/record.md && cp $(O)/record.md docs/record.md

# False records, and what of them the examination sees.
MUTATIONS := $(patsubst %.c,$(O)/%.o,$(wildcard tests/mutate/mutations*.c))
$(O)/mutate: $(O)/tests/mutate/mutate.o $(MUTATIONS) $(LIB)
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Unit tests: one program a file, cmocka, always with the sanitizers.
UNIT_SRC := $(wildcard tests/unit/*_test.c)
UNIT := $(UNIT_SRC:tests/unit/%.c=$(O)/san/tests/unit/%)
ifdef SANITIZE
unit: $(UNIT_SRC:%.c=$(O)/%)
$(O)/tests/unit/examine_test: $(MUTATIONS)
$(O)/tests/unit/%: $(O)/tests/unit/%.o $(LIB)
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(shell pkg-config --libs cmocka)
endif
check:
	$(Q)$(MAKE) --no-print-directory O=$(O)/san SANITIZE=1 CFLAGS="-O1 -g" unit
	$(Q)scripts/run-unit $(UNIT)

# Fuzzers (clang, libFuzzer): make fuzz FUZZ_SECONDS=60. New inputs stay under $(O)/fuzz,
# only the seeds are kept in tests/fuzz/corpus/NAME.
FUZZ_SECONDS ?= 10
FUZZ := packet diag record
FUZZ_packet := $(wildcard harness/packet/*.c harness/base/*.c) harness/record/event.c
FUZZ_diag := harness/observe/diag.c harness/observe/diag_decode.c \
	harness/record/event.c harness/record/names.c harness/base/fault.c
FUZZ_record := $(wildcard harness/record/*.c harness/base/*.c)
FUZZ_ARGS_record = -dict=$(O)/fuzz/record.dict
fuzz: $(FUZZ:%=fuzz-%)
fuzz-record: $(O)/fuzz/record.dict
$(O)/fuzz/record.dict: $(O)/schema-tool
	@mkdir -p $(@D)
	$(call say,GEN,$@)$< dictionary > $@.tmp && mv $@.tmp $@
fuzz-%: $(O)/fuzz/%
	@mkdir -p $(O)/fuzz/corpus-$*
	$(call say,FUZZ,$*)$< -max_total_time=$(FUZZ_SECONDS) -verbosity=0 -print_final_stats=1 \
		$(FUZZ_ARGS_$*) \
		-artifact_prefix=$(O)/fuzz/$*- $(O)/fuzz/corpus-$* tests/fuzz/corpus/$*
.SECONDEXPANSION:
$(FUZZ:%=$(O)/fuzz/%): $(O)/fuzz/%: tests/fuzz/fuzz_%.c $$(FUZZ_$$*)
	@mkdir -p $(@D)
	$(call say,CLANG,$@)$(CLANG) $(CPPFLAGS) -std=c11 $(WARN) -O1 -g -fno-omit-frame-pointer \
		-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -o $@ $^ $(LDLIBS)

# Measurements for scripts/bench: print "name value unit".
BENCH := $(patsubst tests/bench/%.c,$(O)/bench/%,$(wildcard tests/bench/*.c))
bench-programs: $(BENCH)
$(O)/bench/%: $(O)/tests/bench/%.o $(LIB)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# probe.h and what it includes, as the compiler finds it.
INCLUDE_DIR = $(DESTDIR)$(PREFIX)/include/finwait
PROBE_HEADERS = $(sort $(patsubst $(CURDIR)/%,%,$(realpath $(filter %.h,$(shell \
	$(CC) $(CPPFLAGS) -MM harness/probe.h)))))
# Where the distributions' shells look, and those of what an administrator has built.
SHARE = $(DESTDIR)$(PREFIX)/share
COMPLETION_bash = bash-completion/completions/finwait
COMPLETION_zsh = zsh/$(if $(filter /usr,$(PREFIX)),vendor-completions,site-functions)/_finwait
COMPLETION_fish = fish/vendor_completions.d/finwait.fish
install: $(O)/finwait $(MAN:%=$(O)/man/%) $(SHELLS:%=$(O)/completion/%)
	$(call say,INSTALL,$(DESTDIR)$(PREFIX)/bin/finwait)install -D -m 755 $(O)/finwait \
		$(DESTDIR)$(PREFIX)/bin/finwait
	$(call say,INSTALL,$(INCLUDE_DIR)/)for header in $(PROBE_HEADERS); do \
		install -D -m 644 $$header $(INCLUDE_DIR)/$${header#harness/} || exit 1; done
	$(call say,INSTALL,$(SHARE)/man/)install -D -m 644 -t $(SHARE)/man/man1 $(O)/man/finwait.1
	$(Q)install -D -m 644 -t $(SHARE)/man/man7 $(O)/man/finwait-probe.7
	$(call say,INSTALL,$(SHARE)/)true $(foreach shell,$(SHELLS),&& \
		install -D -m 644 $(O)/completion/$(shell) $(SHARE)/$(COMPLETION_$(shell)))

# What is committed, and of it the same bytes every time.
DIST := finwait-$(VERSION)
dist:
	@mkdir -p $(O)
	$(call say,DIST,$(O)/$(DIST).tar.xz)git archive --format=tar --prefix=$(DIST)/ HEAD > $(O)/$(DIST).tar && \
		xz -f -T1 -6 $(O)/$(DIST).tar

clean:
	rm -rf $(O)

.PHONY: all unit check fuzz record-doc bench-programs install dist clean
.SECONDARY:
-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(PROBE_OBJ:.o=.d) $(SELFCHECK_OBJ:.o=.d) $(wildcard $(O)/tests/*/*.d)
