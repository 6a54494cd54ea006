#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From profile to signature through every source of a report, on every
# product, with either signer and each report version.
. "${TEE_TEST_SRCDIR:?run by make check}/tests/collector_lib.sh"

machine --device "$device" --legacy "$legacy" --tsm "$tsm"
profile auto
run 0 check "$file"

for source in guest-device configfs-tsm auto; do
	profile $source
	granted
	json claims/claims/simulated true
	signs
done

for product in Milan Genoa Turin; do
	for signer in vcek vlek; do
		turn product=$product signer=$signer
		profile guest-device '' "products = \"$product\";
		    signer = \"$signer\";"
		granted
		profile configfs-tsm '' "products = \"$product\";
		    signer = \"$signer\";"
		granted
	done
done

# Version 2 has no CPUID, 5 has mitigation vectors.
for version in 2 3 4 5; do
	turn version=$version
	profile guest-device
	granted
	profile configfs-tsm
	granted
done

# The level that the profile asks for is the one in the report.
turn
for source in guest-device configfs-tsm; do
	for vmpl in 0 1 3; do
		profile $source "vmpl = \"$vmpl\";" "vmpl = \"$vmpl\";"
		granted
		json claims/claims/vmpl $vmpl
	done
	profile $source 'vmpl = "3";' 'vmpl = "2";'
	refused 1 verifier vmpl
done

# A root that the profile does not name, or does not allow, is nobody's.
profile guest-device
sed "s/$root/$(printf '%064d' 0)/" "$file" >other.conf
run 1 acquire --json ./other.conf
json error/reason chain.root
sed 's/roots = .*;$//; s/allow_simulated = true;//' "$file" >strict.conf
run 1 acquire --json ./strict.conf
json error/reason chain.root
run 1 acquire --json --refuse-simulated "$file"
json error/reason chain.root
finish
