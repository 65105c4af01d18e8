#!/bin/bash
# What the box costs on a compile-heavy step: this project's own verifier core compiled under make by the host's gcc, without a
# box and so without a tracer, in the box with clock and randomness fixed, and with everything fixed. Ratios within one run; each
# figure is the best of twice BENCH_ROUNDS, in turns. Steps that open many files and compute little cost more, and those that start
# many short processes most: both are shown, too, without an aim.
# shellcheck source=test/bench/lib.sh
. "$(dirname "$0")/lib.sh"
need make make
core=$bench/core small=$bench/small
rm -rf "$core" "$small" && mkdir -p "$core" "$small"

cp -r src "$core"
cat >"$core/Makefile" <<'M'
O = /tmp
folders := src/base src/codec src/measure src/evidence src/trust src/appraise
made := $(patsubst %.c,$(O)/%.o,$(notdir $(sort $(wildcard $(addsuffix /*.c,$(folders))))))
vpath %.c $(folders)
$(O)/all.o: $(made)
	ld -r -o $@ $^
$(O)/%.o: %.c
	gcc -std=c17 -D_GNU_SOURCE -O2 -g -Isrc -c -o $@ $<
M
files=$(find src/{base,codec,measure,evidence,trust,appraise} -name '*.c' | wc -l)

# Nine headers of the system and three lines of code each.
for ((i = 0; i < 60; i++)); do
	{
		printf '#include <%s.h>\n' stdio stdlib string errno math time unistd sys/stat sys/socket
		for ((k = 0; k < 3; k++)); do
			printf 'double f%d_%d(double x, char *s)\n{\n\tchar b[64];\n\tfor (size_t i = 0; i < strlen(s); i++)\n\t\tx += sin(x) * s[i];\n\tsnprintf(b, sizeof b, "%%f", x);\n\treturn strtod(b, NULL);\n}\n' $i $k
		done
	} >"$small/f$i.c"
done
cat >"$small/Makefile" <<'M'
O = /tmp
made := $(patsubst %.c,$(O)/%.o,$(sort $(wildcard *.c)))
$(O)/all.o: $(made)
	ld -r -o $@ $^
$(O)/%.o: %.c
	gcc -O1 -c -o $@ $<
M
# Sources are not younger than the box's clock.
find "$core" "$small" -exec touch -d @1600000000 {} +

compile=(make -s -j"$(nproc)")
# shellcheck disable=SC2016 # the inner shell expands it
start=(bash -c 'for ((i = 0; i < 1000; i++)); do /usr/bin/true; done')

rm -f "$bench"/box-*
declare -A view=([released]=all [time]="+clock,random" [everything]=none)
# bare NAME FOLDER: compiled without a box
bare() {
	rm -rf "$bench/plain" && mkdir "$bench/plain"
	once "$bench/box-$1-untraced" "${compile[@]}" -C "$2" O="$bench/plain"
}
for ((round = 0; round < 2 * rounds; round++)); do
	bare core "$core"
	bare small "$small"
	once "$bench/box-start-untraced" "${start[@]}"
	for name in released time everything; do
		once "$bench/box-core-$name" build/test/boxed "${view[$name]}" "$core" "${compile[@]}"
		once "$bench/box-small-$name" build/test/boxed "${view[$name]}" "$small" "${compile[@]}"
		once "$bench/box-start-$name" build/test/boxed "${view[$name]}" "$small" "${start[@]}"
	done
done
s() { column 1 "$bench/box-$1"; }
# told NAME STEP VIEW [AIM]: by the clock, and by what the cores had to do, which other work on the machine disturbs less
told() {
	figure "  $1" "$(s "$2-$3")" \
		"$(ratio "$(s "$2-$3")" "$(s "$2-untraced")") times the untraced step${4:+ (aim: at most $4)}, $(ratio "$(column 2 "$bench/box-$2-$3")" "$(column 2 "$bench/box-$2-untraced")") in seconds of all cores"
}
# step NAME TITLE [AIM-OF-TIME AIM-OF-EVERYTHING]
step() {
	figure "$2" "$(s "$1-untraced")" "without a box, $(nproc) cores"
	told "in the box, nothing fixed" "$1" released
	told "clock and randomness fixed" "$1" time "${3:-}"
	told "everything fixed" "$1" everything "${4:-}"
}
step core "the core's $files files compiled" 1.25 2
step small "60 files of three lines each"
figure "1000 programs that do nothing" "$(s start-untraced)" "without a box"
figure "  everything fixed" "$(s start-everything)" \
	"$(ratio "$(s start-everything)" "$(s start-untraced)") times as long, $(awk -v a="$(s start-everything)" -v b="$(s start-untraced)" 'BEGIN { printf "%.0f", 1000 * (a - b) }') us more for each"
