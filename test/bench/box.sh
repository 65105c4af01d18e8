#!/bin/bash
# What the box costs on a compile-heavy step: 60 files compiled under make by the host's gcc, without a box and so without a
# tracer, in the box with clock and randomness fixed, and with everything fixed. Ratios within one run; each figure is the best of three times
# BENCH_ROUNDS, in turns. What starts many short processes costs most: that is shown, too, without an aim.
# shellcheck source=test/bench/lib.sh
. "$(dirname "$0")/lib.sh"
need make make
step=$bench/step
rm -rf "$step" && mkdir -p "$step"

for ((i = 0; i < 60; i++)); do
	{
		printf '#include <%s.h>\n' stdio stdlib string errno math time unistd sys/stat sys/socket
		for ((k = 0; k < 3; k++)); do
			printf 'double f%d_%d(double x, char *s)\n{\n\tchar b[64];\n\tfor (size_t i = 0; i < strlen(s); i++)\n\t\tx += sin(x) * s[i];\n\tsnprintf(b, sizeof b, "%%f", x);\n\treturn strtod(b, NULL);\n}\n' $i $k
		done
	} >"$step/f$i.c"
done
cat >"$step/Makefile" <<'M'
O = /tmp
made := $(patsubst %.c,$(O)/%.o,$(sort $(wildcard *.c)))
$(O)/all.o: $(made)
	ld -r -o $@ $^
$(O)/%.o: %.c
	gcc -O1 -c -o $@ $<
M
# Sources are not younger than the box's clock.
find "$step" -exec touch -d @1600000000 {} +

compile=(make -s -j"$(nproc)")
# shellcheck disable=SC2016 # the inner shell expands it
start=(bash -c 'for ((i = 0; i < 1000; i++)); do /usr/bin/true; done')

rm -f "$bench"/box-*
declare -A view=([released]=all [time]="+clock,random" [everything]=none)
for ((round = 0; round < 3 * rounds; round++)); do
	rm -rf "$bench/plain" && mkdir "$bench/plain"
	once "$bench/box-untraced" "${compile[@]}" -C "$step" O="$bench/plain"
	once "$bench/box-start-untraced" "${start[@]}"
	for name in released time everything; do
		once "$bench/box-$name" build/test/boxed "${view[$name]}" "$step" "${compile[@]}"
		once "$bench/box-start-$name" build/test/boxed "${view[$name]}" "$step" "${start[@]}"
	done
done
s() { column 1 "$bench/box-$1"; }
figure "60 files compiled" "$(s untraced)" "without a box, $(nproc) cores"
# told NAME VIEW AIM: by the clock, and by what the cores had to do, which other work on the machine disturbs less
told() {
	figure "  $1" "$(s "$2")" \
		"$(ratio "$(s "$2")" "$(s untraced)") times the untraced step (aim: at most $3), $(ratio "$(column 2 "$bench/box-$2")" "$(column 2 "$bench/box-untraced")") in seconds of all cores"
}
figure "  in the box, nothing fixed" "$(s released)" "$(ratio "$(s released)" "$(s untraced)") times as long: only who starts and ends is followed"
told "clock and randomness fixed" time 1.25
told "everything fixed" everything 2
figure "1000 programs that do nothing" "$(s start-untraced)" "without a box"
figure "  everything fixed" "$(s start-everything)" \
	"$(ratio "$(s start-everything)" "$(s start-untraced)") times as long, $(awk -v a="$(s start-everything)" -v b="$(s start-untraced)" 'BEGIN { printf "%.0f", 1000 * (a - b) }') us more for each"
