#!/bin/sh
# one-object.sh IN OUT DIR: the archive OUT of one object, made of all objects of the archive IN; hidden names become local to
# it. The same bytes from the same objects. DIR is for what lies between.
set -eu
mkdir -p "$3"
ld -r -o "$3/assay.o" --whole-archive "$1"
objcopy --localize-hidden "$3/assay.o"
rm -f "$2"
ar rcsD "$2" "$3/assay.o"
