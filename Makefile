# outreach: AI voice calling campaigns as pipelines. GNU make.
#
#   make            the tools, in build/
#   make demo       installs what is missing, builds, runs a whole campaign
#   make check      installs what the tests need, runs all of them
#   make test       unit and tool tests alone
#   make lint       style, layers, manual pages
#   make fuzz       fuzz targets (clang)
#   make soak       kills, faults and long runs     make interop   foreign programs
#   make bench      ratios and memory against other programs, on a quiet machine
#   make install DESTDIR=... PREFIX=...
#
# Files are found by wildcard: lib/LEVEL/*.c, cmd/X.c (with cmd/X/*.c, if any),
# tests/unit/X.c, tests/fuzz/X.c, tests/X.t. lib/LEVEL/X.sql becomes the text
# `const char sql_X[]`, lib/web/page/X.js `const char page_X_js[]`. Another build directory: make BUILD=/tmp/b.
# Sanitizers: make BUILD=build/asan SANITIZE=address,undefined

VERSION = 0.1.0
BUILD   = build
DESTDIR =
PREFIX  = /usr/local
CC      = cc
CLANG   = clang
NM      = nm
CFLAGS  = -O2 -g
LDFLAGS =
SANITIZE =

LEVELS   = base edge domain store voice web
WARN     = -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wformat=2 -Wno-unused-parameter
CPPFLAGS_ALL = -D_GNU_SOURCE -DOUTREACH_VERSION='"$(VERSION)"' $(LEVELS:%=-iquote lib/%) $(CPPFLAGS)
SAN      = $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
CFLAGS_ALL = -std=c11 $(WARN) $(SAN) $(CFLAGS)
# Of these the linker takes what a tool uses; libcurl alone would cost each start 7 ms.
LIBS     = -Wl,--as-needed -lcurl -lmicrohttpd -lwslay -lgnutls -lsqlite3 -ljansson -lyaml -lnettle -lseccomp -lutf8proc -lm

LIB      = $(BUILD)/liboutreach.a
LIB_SRC  = $(wildcard $(LEVELS:%=lib/%/*.c))
SQL_SRC  = $(wildcard $(LEVELS:%=lib/%/*.sql))
PAGE_SRC = $(wildcard lib/web/page/*)
LIB_OBJ  = $(LIB_SRC:%.c=$(BUILD)/obj/%.o) $(SQL_SRC:%.sql=$(BUILD)/obj/%.sql.o) \
	$(PAGE_SRC:%=$(BUILD)/obj/%.o)
CMDS     = $(patsubst cmd/%.c,%,$(wildcard cmd/*.c))
SCRIPTS  = $(patsubst cmd/%.sh,%,$(wildcard cmd/*.sh))
TOOLS    = $(patsubst %,$(BUILD)/outreach-%,$(filter-out outreach,$(CMDS)) $(SCRIPTS)) \
	$(patsubst %,$(BUILD)/%,$(filter outreach,$(CMDS)))
UNITS    = $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/*.c))
FUZZERS  = $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/*.c))
SHTESTS  = $(wildcard tests/*.t)
BENCHES  = $(filter-out %/lib.sh,$(wildcard tests/bench/*.sh))
BENCH_C  = $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))
MAN      = $(wildcard man/*.[1-8])
PROVE    = OUTREACH_BUILD=$(BUILD) prove

all: $(LIB) $(TOOLS)

# What a build hangs on besides its sources stands in two files, which change with it alone: the flags,
# and which sources there are (then programs of sources that are gone go, too). `began` is the time
# of this run, and of its objects: a header that changes while they are made is newer.
flags    = $(CPPFLAGS_ALL) $(CFLAGS_ALL)
files    = $(LIB_SRC) $(SQL_SRC) $(PAGE_SRC) $(wildcard cmd/*.c cmd/*/*.c)
quote    = '$(subst ','\'',$(1))'
STALE    = $(filter-out $(TOOLS),$(wildcard $(BUILD)/outreach $(BUILD)/outreach-*))

$(BUILD)/obj/flags $(BUILD)/obj/files: $(BUILD)/obj/%: FORCE
	@mkdir -p $(@D)
	@echo $(call quote,$($*)) | cmp -s - $@ || { rm -f $(STALE); echo $(call quote,$($*)) >$@; }

$(BUILD)/obj/began: $(BUILD)/obj/flags FORCE
	@touch $@

# Two functions of one name: the linker would take the first and say nothing.
$(LIB): $(LIB_OBJ) $(BUILD)/obj/files
	@rm -f $@ $@.new; $(AR) rcsP $@.new $(LIB_OBJ)
	@twice=$$($(NM) -gP --defined-only $@.new | sed -n 's/^\([a-z][^ ]*\) [TDBR] .*/\1/p' | sort | uniq -d); \
	[ -z "$$twice" ] || { echo "defined twice in lib: $$twice" >&2; exit 1; }
	@mv $@.new $@

# An object appears when what it hangs on is written down.
compile  = $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -MF $(@:.o=.d) -MT $@ -c -o $@.new $< && \
	touch -r $(BUILD)/obj/began $@.new && mv $@.new $@

$(BUILD)/obj/%.o: %.c $(BUILD)/obj/flags | $(BUILD)/obj/began
	@mkdir -p $(@D)
	@echo CC $<; $(compile)

$(BUILD)/obj/%.sql.c: %.sql
	@mkdir -p $(@D)
	@{ echo 'extern const char sql_$(basename $(notdir $<))[];'; \
	   echo 'const char sql_$(basename $(notdir $<))[] ='; \
	   sed 's/[\\"]/\\&/g; s/.*/    "&\\n"/' $<; echo '    "";'; } > $@.tmp && mv $@.tmp $@

$(BUILD)/obj/%.sql.o: $(BUILD)/obj/%.sql.c $(BUILD)/obj/flags
	@$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -c -o $@ $<

$(BUILD)/obj/lib/web/page/%.c: lib/web/page/%
	@mkdir -p $(@D)
	@{ echo 'extern const char page_$(subst .,_,$*)[];'; \
	   echo 'const char page_$(subst .,_,$*)[] ='; \
	   sed 's/[\"]/\\&/g; s/.*/    "&\\n"/' $<; echo '    "";'; } > $@.tmp && mv $@.tmp $@

$(BUILD)/obj/lib/web/page/%.o: $(BUILD)/obj/lib/web/page/%.c $(BUILD)/obj/flags
	@$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -c -o $@ $<

# The objects of one tool and the libraries it uses.
link = @echo LD $@; $(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIB) $(LIBS)

$(SCRIPTS:%=$(BUILD)/outreach-%): $(BUILD)/outreach-%: cmd/%.sh
	@mkdir -p $(@D)
	@cp $< $@ && chmod 755 $@

.SECONDEXPANSION:
$(BUILD)/outreach: $(BUILD)/obj/cmd/outreach.o \
    $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard cmd/outreach/*.c)) $(LIB)
	$(link)

$(BUILD)/outreach-%: $(BUILD)/obj/cmd/%.o \
    $$(addprefix $(BUILD)/obj/,$$(addsuffix .o,$$(basename $$(wildcard cmd/$$*/*.c)))) $(LIB)
	$(link)

$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(LIB)
	@mkdir -p $(@D)
	$(link)

$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(LIB)
	@mkdir -p $(@D)
	@echo LD $@; $(CC) $(CFLAGS_ALL) -fsanitize=fuzzer -o $@ $< $(LIB) $(LIBS)

$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(LIB)
	@mkdir -p $(@D)
	$(link)

units: $(UNITS)
fuzzers: $(FUZZERS)
benches: $(BENCH_C)

# A build of its own: the library is instrumented once for all of them.
fuzz:
	@$(MAKE) BUILD=$(BUILD)/fuzz CC=$(CLANG) SANITIZE=fuzzer-no-link,address,undefined fuzzers

test: all units
	$(PROVE) $(if $(UNITS),-e '' $(UNITS))
	$(PROVE) $(SHTESTS)

deps:
	@tests/deps.sh check

check: deps
	@MAKE=$(MAKE) OUTREACH_BUILD=$(BUILD) tests/check.sh

demo:
	@tests/deps.sh build
	@$(MAKE) all
	@$(BUILD)/outreach demo

# Hours, or foreign programs: beside make check, not in it.
soak: all units
	@bad=0; for t in $(wildcard tests/torture/*.t); do \
	OUTREACH_BUILD=$(BUILD) KILLS=$${KILLS:-2000} ROWS=$${ROWS:-1000000} $$t || bad=1; done; exit $$bad

interop: all $(BUILD)/tests/phone
	OUTREACH_BUILD=$(BUILD) prove tests/interop/*.t

bench: all benches
	@missed=0; for b in $(BENCHES); do OUTREACH_BUILD=$(BUILD) $$b || missed=1; done; \
	exit $$missed

lint:
	tests/lint.sh

SHARE = $(DESTDIR)$(PREFIX)/share
COMPLETION = $(SHARE)/bash-completion/completions

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/outreach/schema $(COMPLETION)
	install $(TOOLS) $(DESTDIR)$(PREFIX)/bin
	for m in $(MAN); do s=$${m##*.}; install -d $(SHARE)/man/man$$s && \
	    install -m 644 $$m $(SHARE)/man/man$$s || exit 1; done
	install -m 644 man/schema/*.json $(SHARE)/outreach/schema
	install -m 644 lib/domain/gen/NOTICE lib/domain/gen/LICENSE.Apache-2.0 $(SHARE)/outreach
	for d in . asterisk cron docker notes sheets systemd; do install -d $(SHARE)/outreach/examples/$$d && \
	    for e in examples/$$d/* examples/$$d/.env*; do [ ! -f $$e ] || \
	    install -m 644 $$e $(SHARE)/outreach/examples/$$d || exit 1; done; done
	install -m 644 examples/completion/outreach.bash $(COMPLETION)/outreach

uninstall:
	rm -rf $(SHARE)/outreach
	rm -f $(TOOLS:$(BUILD)/%=$(DESTDIR)$(PREFIX)/bin/%) $(COMPLETION)/outreach
	for m in $(MAN); do rm -f $(SHARE)/man/man$${m##*.}/$${m##*/}; done

clean:
	rm -rf $(BUILD)

.PHONY: FORCE all units fuzz fuzzers benches bench lint deps test check demo soak interop install uninstall clean
.DELETE_ON_ERROR:
.PRECIOUS: $(BUILD)/obj/%.o $(BUILD)/obj/%.sql.c $(BUILD)/obj/lib/web/page/%.c

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
