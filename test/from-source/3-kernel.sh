#!/bin/bash
# the kernel, built twice with another machine around the box
# reads: kernel assay.yaml assay.lock
# shellcheck source=test/from-source/frame
. "$(dirname "$0")/frame"
fetched
check "the kernel is built twice" compare kernel "$description" linux-config,linux
figure "check of the kernel, seconds" "$took"
check "  its configuration is identical" identical kernel linux-config
check "  and the kernel" identical kernel linux
