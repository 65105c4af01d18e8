#!/bin/sh
# Writes files into a C source, for src/template/embedded.h: tool/embed.sh OUTPUT FOLDER NAME..., with names seen from FOLDER.
# The bytes and the order of the names are all that the output depends on.
set -eu
exec >"$1"
cd "$2"
shift 2
printf '#include "template/embedded.h"\n\n#include "base/banned.h"\n\n'
n=0
for name; do
	printf 'static const unsigned char file_%d[] = {\n' "$n"
	od -An -v -tx1 "$name" | sed 's/ \(..\)/0x\1,/g'
	printf '};\n'
	n=$((n + 1))
done
printf '\nconst struct embedded embedded[] = {\n'
n=0
for name; do
	printf '\t{ "%s", { file_%d, sizeof file_%d } },\n' "$name" "$n" "$n"
	n=$((n + 1))
done
printf '\t{ 0 },\n};\n'
