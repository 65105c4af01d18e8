#!/bin/bash
# an option of the kernel that is asked for and comes out otherwise is an error of its step
# reads: kernel assay.yaml assay.lock
# shellcheck source=test/from-source/frame
. "$(dirname "$0")/frame"
fetched
changed asked linux ''
printf '%s\n' CONFIG_ASSAY_BOGUS=y CONFIG_MODULE_SIG=y '# CONFIG_PCI_DOMAINS is not set' >>"$work/asked/kernel/requested"
if compare asked "$work/asked" linux; then bad "the component is not built"; else ok "the component is not built"; fi
for line in "CONFIG_ASSAY_BOGUS: want y, got nothing" "CONFIG_MODULE_SIG: want y, got n" "CONFIG_PCI_DOMAINS: want n, got y"; do
	check "  since $line" grep -qF "$line" "$(printed asked)"
done
changed taken linux ''
sed -i '/^CONFIG_CRYPTO_AES=/d' "$work/taken/kernel/config"
if compare taken "$work/taken" linux; then bad "nor with a line taken from its configuration"; else ok "nor with a line taken from its configuration"; fi
check "  which is named" grep -qF 'CONFIG_CRYPTO_AES: want y, got n' "$(printed taken)"
