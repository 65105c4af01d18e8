#!/bin/bash
# An honest machine: predicted registers are the measured ones in both banks, it is affirmed, and evidence kept in a file
# counts only with an enrolled key, a trusted authority, its nonce and reference values that somebody vouches for.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/vm.sh
. "$(dirname "$0")/../vm.sh"

hello_ready || { bad "hello can be fetched"; exit 1; }
check "build" make "$work/out" "$hello" || exit 1
values=$work/out/reference-values.json
check "boot" vm_start honest "$work/out" || exit 1
affirmed "the honest machine is affirmed" "$work/out"

# ---- predicted equals measured: compared here, not by assay ----
part() { # BUNDLE LABEL: a part of a bundle
	jq -r --arg part "$2" '.[$part][1] | gsub("-"; "+") | gsub("_"; "/") | . + "=" * ((4 - length % 4) % 4)' "$1" | base64 -d
}
nonce=$(part "$work/affirmed.bundle" binding | jq -r .nonce)
part "$work/affirmed.bundle" tpm.pcrs >"$work/pcrs.json"
for bank in sha256 sha384; do
	for r in $required; do
		same "PCR $r, $bank: predicted is measured" \
			"$(jq -r ".shapes[0].registers[] | select(.register == $r) | .values.$bank" "$values")" \
			"$(jq -r ".${bank}[\"$r\"]" "$work/pcrs.json")"
	done
done
same "PCR 0 is observed, the others are computed" \
	"$(jq -r '[.shapes[0].registers[] | select(.how != "not-predictable") | "\(.register):\(.how)"] | join(" ")' "$values")" \
	"0:observed $(for r in $required; do [ "$r" = 0 ] || printf '%s:computed ' "$r"; done | sed 's/ $//')"
check "PCR 1 is said to be not predictable, with the reason" quiet jq -e \
	'.shapes[0].registers[] | select(.register == 1) | .how == "not-predictable" and (.reason | length > 20)' "$values"
"$assay" verify "$url" --reference-values "$values" --trust "$work/trust.yaml" --store "$store" -q --json >"$work/ear.json"
same "the EAR says affirming" "$(jq -r '.submods.tpm["ear.status"]' "$work/ear.json")" affirming
same "the EAR holds every required register in both banks" \
	"$(jq -r '[.submods.tpm["assay.verdict"].checks[] | select(.register != null and .result == "passed") | .register] |
		group_by(.) | map("\(.[0]):\(length)") | join(" ")' "$work/ear.json")" \
	"$(for r in $required; do printf '%s:2 ' "$r"; done | sed 's/ $//')"
check "no check failed" quiet jq -e '[.submods.tpm["assay.verdict"].checks[] | select(.result == "failed")] == []' "$work/ear.json"
check "explain finds nothing" quiet "$assay" explain "$work/affirmed.bundle" --reference-values "$values" -q
check "measure finds the same values in the finished image" quiet "$assay" measure "$work/out" --store "$store" -q
same "assay measure pcr gives the same values from the files alone" \
	"$("$assay" measure pcr --uki "$work/out/uki.efi" --disk "$work/out/disk.img" --bank sha384 --firmware-version \
		"$(jq -r '.shapes[0].inputs[] | select(.name == "firmware-version") | .value' "$values")" | awk '$3 == "sha384" { print $2, $4 }')" \
	"$(jq -r '.shapes[0].registers[] | select(.how == "computed") | "\(.register) \(.values.sha384)"' "$values")"

# ---- the guest itself ----
# Failures show on the console (systemd.show_status=error); that every unit starts is seen in test/e2e/boot-negatives.sh,
# where another command line makes systemd talk.
prints "PID 1 of the initrd handed over to systemd" 'systemd\[1\]: systemd [0-9]+.* running in system mode'
prints_not "no unit failed" '\[(FAILED|DEPEND| TIME )\]|Failed to start|Dependency failed'
prints_not "nobody is asked to log in" 'login:|press Enter|^Password'
prints_not "no magic keys" 'sysrq always enabled'

# ---- evidence in a file ----
keep() { # NAME WANT EXIT ARG...
	local name=$1 want=$2 code=$3
	shift 3
	"$assay" verify "$work/affirmed.bundle" --store "$store" -q "$@" >"$work/said" 2>"$work/said.err"
	same "$name" "$? $(verdict)" "$code verdict: $want"
}
with=(--reference-values "$values")
keep "a file before enrolment is not affirmed" contraindicated 1 "${with[@]}" --trust "$work/trust.yaml" --nonce "$nonce"
holds "says why" "AK not bound"
check "enroll" quiet "$assay" enroll "$url" --trust "$work/trust.yaml" -q
keep "a file after enrolment is affirmed" affirming 0 "${with[@]}" --trust "$work/trust.yaml" --nonce "$nonce"
keep "without its nonce it is not" contraindicated 1 "${with[@]}" --trust "$work/trust.yaml"
keep "nor with another one" contraindicated 1 "${with[@]}" --trust "$work/trust.yaml" --nonce "$(tr 0-9a-f 1-9a-f0 <<<"$nonce")"
holds "says why" "not fresh"
keep "nor without a trusted authority" contraindicated 1 "${with[@]}" --nonce "$nonce"
jq '.manifest_sha256 |= (.[1:] + .[:1])' "$values" >"$work/unknown.json"
keep "nor with values of a manifest that was not built here" warning 1 --reference-values "$work/unknown.json" \
	--trust "$work/trust.yaml" --nonce "$nonce"
holds "says so" "unsigned claim"
mkdir "$work/empty"
"$assay" verify "$url" "${with[@]}" --trust "$work/trust.yaml" --store "$work/empty" -q >"$work/said"
same "nor by a store that built nothing" "$? $(verdict)" "1 verdict: warning"

# ---- the same machine once more: its TPM is the same, so is all that was enrolled ----
vm_stop
check "boot again" vm_start again "$work/out" || exit 1
affirmed "it is affirmed again" "$work/out"
nonce=$(part "$work/affirmed.bundle" binding | jq -r .nonce)
keep "its key is still enrolled" affirming 0 "${with[@]}" --trust "$work/trust.yaml" --nonce "$nonce"
