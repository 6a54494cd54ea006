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
	conf/examples/snp-guest.conf

EXTRA_DIST += CONTRIBUTING.md SECURITY.md NEWS
