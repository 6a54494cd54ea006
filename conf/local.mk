# SPDX-License-Identifier: Apache-2.0
# Profiles to copy from; nothing here is active until an administrator puts a
# profile of his own into the profile directory.
examplesdir = $(docdir)/examples
dist_examples_DATA = \
	conf/examples/azure-container.conf \
	conf/examples/azure-cvm.conf \
	conf/examples/azure-relying-party.conf \
	conf/examples/local.conf \
	conf/examples/prefer-tee.conf \
	conf/examples/relying-party.conf \
	conf/examples/relying-party-redis.conf \
	conf/examples/snp-guest.conf

# An agent's service that has its key from teed(8), in two ways.
agentexampledir = $(examplesdir)/agent.service.d
dist_agentexample_DATA = conf/examples/agent.service.d/tee.conf
sandboxedexampledir = $(examplesdir)/sandboxed-agent.service.d
dist_sandboxedexample_DATA = conf/examples/sandboxed-agent.service.d/tee.conf
dist_examples_SCRIPTS = conf/examples/tee-connect

# What the machine is told of teed: none of it is started or applied by
# installing it.
CONF_IN = conf/systemd/teed.service.in conf/systemd/teed@.socket.in \
	conf/tmpfiles.d/tee.conf.in
CONF_MADE = $(CONF_IN:.in=)
EXTRA_DIST += $(CONF_IN)
CLEANFILES += $(CONF_MADE)
$(CONF_MADE): Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && sed -e 's|@sbindir[@]|$(sbindir)|g' \
	    -e 's|@teerundir[@]|$(teerundir)|g' '$(srcdir)/$@.in' >'$@.new' && \
	mv '$@.new' '$@'
conf/systemd/teed.service: $(srcdir)/conf/systemd/teed.service.in
conf/systemd/teed@.socket: $(srcdir)/conf/systemd/teed@.socket.in
conf/tmpfiles.d/tee.conf: $(srcdir)/conf/tmpfiles.d/tee.conf.in
if SYSTEMD
nodist_systemdsystemunit_DATA = conf/systemd/teed.service \
	conf/systemd/teed@.socket
nodist_tmpfiles_DATA = conf/tmpfiles.d/tee.conf
dist_sysusers_DATA = conf/sysusers.d/tee.conf
dist_sysctl_DATA = conf/sysctl.d/60-tee.conf
dist_udevrules_DATA = conf/udev/60-tee.rules
else
EXTRA_DIST += conf/sysusers.d/tee.conf conf/sysctl.d/60-tee.conf \
	conf/udev/60-tee.rules
noinst_DATA = $(CONF_MADE)
endif

EXTRA_DIST += CONTRIBUTING.md SECURITY.md NEWS
