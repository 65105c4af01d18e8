#!/bin/bash
# MRTD of a TDX guest, whole processes, against what no calculator can do without (test/bench/bare_mrtd.c) and against an
# obvious calculator in Python (test/tdx_calculator.py), which must give the same value: Debian's firmware, 4 MiB, out of the
# package that examples/hello locks. The floor is the bare hashing (of bare-mrtd, less its start) and a start of assay, which
# loads three dozen libraries; the ratio to bare-mrtd as a whole, which loads one, is shown, too. Each figure is the best of
# three times BENCH_ROUNDS, in turns, of what runs MANY times in a row; a ratio is the smaller of those of elapsed time and of
# seconds of all cores.
# shellcheck source=test/bench/lib.sh
. "$(dirname "$0")/lib.sh"
need python3 python3
calculator=$PWD/test/tdx_calculator.py
bare=$PWD/build/test/bare-mrtd
code_at=540672 # of OVMF.fd: behind the variables
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

folder=$bench/tdx
rm -rf "$folder" && mkdir -p "$folder"
"$assay" fetch "$hello" --store "$from" -q
sha=$(jq -r '.packages[] | select(.name == "ovmf") | .sha256' "$hello/assay.lock" | head -n 1)
dpkg-deb --fsys-tarfile "$from/objects/${sha:0:2}/${sha:2}" | tar -xOf - ./usr/share/ovmf/OVMF.fd >"$folder/fd"
python=$(python3 "$calculator" mrtd --firmware "$folder/fd")
[ "$("$assay" measure tdx --firmware "$folder/fd" | head -n 1)" = "$python" ] || { echo "bench: two calculators differ"; exit 2; }
for ((i = 0; i < 3 * rounds; i++)); do
	times "$folder/nothing" "$bare"
	times "$folder/bare" "$bare" "$folder/fd" $code_at
	times "$folder/start" "$assay" --version
	times "$folder/single" "$assay" measure tdx --firmware "$folder/fd"
	times "$folder/two" "$assay" measure tdx --firmware "$folder/fd" --two-pass
done
once "$folder/python" python3 "$calculator" mrtd --firmware "$folder/fd"
s() { column 1 "$folder/$1"; }
least() { # NAME FLOOR-BY-TIME FLOOR-BY-CORES: the smaller of both ratios
	{ ratio "$(s "$1")" "$2"; echo; ratio "$(column 2 "$folder/$1")" "$3"; echo; } | sort -n | head -n 1
}
floor() { # COLUMN
	awk -v b="$(column "$1" "$folder/bare")" -v n="$(column "$1" "$folder/nothing")" -v s="$(column "$1" "$folder/start")" 'BEGIN { print b - n + s }'
}
figure "$many starts of a bare process" "$(s nothing)"
figure "$many starts of assay" "$(s start)"
figure "$many times as many bytes, bare" "$(s bare)" "hashed by libcrypto, and a bare process"
figure "  MRTD, Debian's firmware" "$(s single)" "$(least single "$(floor 1)" "$(floor 2)") times the bare hashing and a start of assay (aim: at most 1.3), \
$(least single "$(s bare)" "$(column 2 "$folder/bare")") times it and a bare process"
figure "  in two passes" "$(s two)" "$(least two "$(floor 1)" "$(floor 2)") times"
figure "  once, the calculator in Python" "$(s python)" "assay is $(awk -v a="$(s python)" -v b="$(s single)" -v n=$many 'BEGIN { printf "%.0f", a * n / b }') times faster"
