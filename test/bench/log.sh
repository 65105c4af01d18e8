#!/bin/bash
# A transparency log of 100,000 entries of 1,000 bytes, appended in ten parts and then one by one, against what no log can do without:
# the same files read and hashed into a tree, by libcrypto (test/bench/bare_log.c). Then proofs, made and verified.
#   test/bench/log.sh [ENTRIES]
# Syncs are part of it: where they cost is the file system's business. BENCH_LOG=DIR puts the log there.
# shellcheck source=test/bench/lib.sh
. "$(dirname "$0")/lib.sh"
need python3 python3
bare=$PWD/build/test/bare-log
entries=${1:-100000}
part=$((entries / 10))
folder=$bench/entries
rm -rf "$folder" && mkdir -p "$folder"
place=${BENCH_LOG:-$folder}/log
cd "$folder"
(umask 077 && openssl genpkey -algorithm ed25519 -out key.pem 2>/dev/null)

# Nothing of them repeats, so that no file system stores them in less.
python3 - "$entries" "$part" <<'P'
import hashlib, os, sys
entries, part = int(sys.argv[1]), int(sys.argv[2])
for p in range(10):
    os.mkdir('e%d' % p)
    with open('list%d' % p, 'w') as names:
        for i in range(p * part, p * part + part):
            name = 'e%d/%d' % (p, i)
            with open(name, 'wb') as f:
                f.write(hashlib.shake_128(b'%d' % i).digest(1000))
            names.write(name + '\n')
P
cat list? >all
sync

rm -rf "$place"
vkey=$("$assay" log init "$place" --origin bench.example/log --key key.pem | sed -n 's/^key //p')
for p in 0 1 2 3 4 5 6 7 8 9; do
	once "$bench/part$p" "$assay" log add "$place" --list list$p -q
	once "$bench/bare$p" "$bare" list$p
done
once "$bench/bare" "$bare" all
[ "$("$bare" all)" = "$("$assay" log checkpoint "$place" --json | jq -r .root)" ] || { echo "bench: the log's root is not that of its entries"; exit 2; }
read -r whole_s whole_cpu < <(cat "$bench"/part? | awk '{ s += $1; u += $2 } END { print s, u }')
bare_cpu=$(column 2 "$bench/bare")
figure "$entries entries, in ten parts" "$whole_s" "$(awk -v a="$whole_s" -v n="$entries" 'BEGIN { printf "%.0f", a * 1e6 / n }') us an entry"
figure "  in seconds of the processor" "$whole_cpu" "$(ratio "$whole_cpu" "$bare_cpu") times the bare reading and hashing (aim: at most 4)"
figure "  the bare reading and hashing" "$bare_cpu"
first=$(cut -d' ' -f2 "$bench/part1") last=$(cut -d' ' -f2 "$bench/part9")
figure "the last tenth" "$(cut -d' ' -f1 "$bench/part9")" "$(ratio "$last" "$first") times the processor of the second (aim: at most 1.25), elapsed $(
	ratio "$(cut -d' ' -f1 "$bench/part9")" "$(cut -d' ' -f1 "$bench/part1")")"
printf "%-34s %s\n" "memory of a part of $part" "$(($(most 3 "$bench/part9") / 1024)) MB (aim: under 64)"

# One by one: to a log of that size, and to one of a hundredth.
small=${BENCH_LOG:-$folder}/small
rm -rf "$small"
"$assay" log init "$small" --origin bench.example/small --key key.pem >/dev/null
head -n $((entries / 100)) all | "$assay" log add "$small" --list - -q >/dev/null
many() { local n=$1; shift; for ((k = 0; k < n; k++)); do "$@" >/dev/null; done; }
export -f many
rm -f "$bench"/{one,one-small,prove,verify,nothing}
for ((i = 0; i < rounds; i++)); do
	# shellcheck disable=SC2016 # the inner shell expands it
	once "$bench/one" bash -c 'many 50 "$@"' - "$assay" log add "$place" e0/0 -q
	once "$bench/one-small" bash -c 'many 50 "$@"' - "$assay" log add "$small" e0/0 -q
	once "$bench/prove" bash -c 'many 50 "$@"' - "$assay" log prove "$place" $((entries / 3)) -o proof -q
	once "$bench/verify" bash -c 'many 50 "$@"' - "$assay" log verify proof "e3/$((entries / 3))" --key "$vkey"
	once "$bench/nothing" bash -c 'many 50 "$@"' - "$assay" --version
done
figure "50 entries one by one" "$(column 1 "$bench/one")" \
	"$(ratio "$(column 2 "$bench/one")" "$(column 2 "$bench/one-small")") times the processor of a log of a hundredth (aim: at most 1.25)"
figure "50 proofs made" "$(column 1 "$bench/prove")" "$(ratio "$(column 2 "$bench/prove")" "$(column 2 "$bench/nothing")") times the start of assay"
figure "50 proofs verified" "$(column 1 "$bench/verify")" "$(ratio "$(column 2 "$bench/verify")" "$(column 2 "$bench/nothing")") times the start of assay"
figure "  50 times assay alone" "$(column 1 "$bench/nothing")"
rm -rf "$place" "$small"
