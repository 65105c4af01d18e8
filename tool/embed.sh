#!/bin/sh
# Writes files into a C source, as the table that HEADER declares: tool/embed.sh OUTPUT HEADER TABLE FOLDER NAME..., with names
# seen from FOLDER.
# The bytes and the order of the names are all that the output depends on.
set -eu
exec >"$1"
header=$2 table=$3
cd "$4"
shift 4
printf '#include "%s"\n\n#include "base/banned.h"\n\n' "$header"
n=0
for name; do
	printf 'static const unsigned char file_%d[] = {\n' "$n"
	od -An -v -tx1 "$name" | sed 's/ \(..\)/0x\1,/g'
	printf '};\n'
	n=$((n + 1))
done
printf '\nconst struct embedded %s[] = {\n' "$table"
n=0
for name; do
	printf '\t{ "%s", { file_%d, sizeof file_%d } },\n' "$name" "$n" "$n"
	n=$((n + 1))
done
printf '\t{ 0 },\n};\n'
