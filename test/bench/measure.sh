#!/bin/bash
# Launch digests of SEV-SNP guests, whole processes, against what no calculator can do without (test/bench/bare_launch.c) and
# against an obvious calculator in Python (test/sev_calculator.py), which must give the same value:
#   Debian's firmware    4 MiB, out of the package that examples/hello locks; three quarters of its pages are empty
#   the worst firmware   4 MiB in which no two pages are alike
# Each figure is the best of three times BENCH_ROUNDS, in turns, of what runs MANY times in a row.
# shellcheck source=test/bench/lib.sh
. "$(dirname "$0")/lib.sh"
need python3 python3
calculator=$PWD/test/sev_calculator.py
bare=$PWD/build/test/bare-launch
many=20
many() { local n=$1; shift; for ((k = 0; k < n; k++)); do "$@" >/dev/null; done; }
export -f many
# times FILE COMMAND...
times() {
	local to=$1
	shift
	# shellcheck disable=SC2016 # the inner shell expands it
	once "$to" bash -c 'many "$@"' - $many "$@"
}

folder=$bench/measure
rm -rf "$folder" && mkdir -p "$folder"
"$assay" fetch "$hello" --store "$from" -q
sha=$(jq -r '.packages[] | select(.name == "ovmf") | .sha256' "$hello/assay.lock" | head -n 1)
dpkg-deb --fsys-tarfile "$from/objects/${sha:0:2}/${sha:2}" | tar -xOf - ./usr/share/ovmf/OVMF.fd >"$folder/debian.fd"
python3 - "$folder/debian.fd" "$folder/worst.fd" <<'P'
import hashlib, sys
image = bytearray(open(sys.argv[1], "rb").read())
for at in range(0, len(image) - 8192, 4096):
    image[at:at + 4096] = hashlib.shake_128(b"%d" % at).digest(4096)
open(sys.argv[2], "wb").write(image)
P

one=(--vcpus 4 --vcpu-type EPYC-Milan)
all=(--vcpus "1,2,3,4,5,6,7,8,10,12,14,16,24,32,48,64" --vcpu-type "EPYC-Rome,EPYC-Milan,EPYC-Genoa,EPYC-Turin")
for image in debian worst; do
	same=$(python3 "$calculator" snp "$folder/$image.fd" qemu 4 0xa00f11 1)
	[ "$("$assay" measure snp --firmware "$folder/$image.fd" "${one[@]}")" = "$same" ] || { echo "bench: two calculators differ"; exit 2; }
done
digest=$("$assay" measure snp --firmware "$folder/debian.fd" --vcpus 1 --vcpu-type EPYC-Turin --guest-features 0x8069)
for ((i = 0; i < 3 * rounds; i++)); do
	times "$folder/nothing" "$bare"
	for image in debian worst; do
		times "$folder/$image-bare" "$bare" "$folder/$image.fd"
		times "$folder/$image-one" "$assay" measure snp --firmware "$folder/$image.fd" "${one[@]}"
		times "$folder/$image-all" "$assay" measure snp --firmware "$folder/$image.fd" "${all[@]}"
		times "$folder/$image-python" python3 "$calculator" snp "$folder/$image.fd" qemu 4 0xa00f11 1
	done
	times "$folder/explain" "$assay" explain --digest "$digest" --firmware "$folder/debian.fd"
done
s() { column 1 "$folder/$1"; }
# The smaller of the ratios of elapsed time and of seconds of all cores: a busy machine makes the one longer that waits more.
less() {
	for column in 1 2; do
		ratio "$(column $column "$folder/$1")" "$(column $column "$folder/$2")"
		echo
	done | sort -n | head -n 1
}
figure "$many processes alone" "$(s nothing)"
for image in debian worst; do
	name=$([ $image = debian ] && echo "Debian's firmware" || echo "worst firmware")
	figure "$name, $many times, bare" "$(s $image-bare)" "its pages hashed by libcrypto, and a process"
	figure "  one digest" "$(s $image-one)" "$(less $image-one $image-bare) times the bare hashing and a process$([ $image = worst ] || echo ' (aim: at most 1.3)')"
	figure "  a matrix of 64 shapes" "$(s $image-all)" "$(less $image-all $image-one) times one digest (aim: at most 1.5)"
	figure "  the calculator in Python" "$(s $image-python)" "assay is $(ratio "$(s $image-python)" "$(s $image-one)") times faster$([ $image = worst ] || echo ' (aim: at least 5)')"
done
figure "explain --digest, Debian's firmware" "$(s explain)" "$("$assay" explain --digest "$digest" --firmware "$folder/debian.fd" | sed -n 's/^found after \([0-9]*\) .*/\1 candidates/p'), $(less explain debian-one) times one digest"
