#!/bin/bash
# test/drop-results.sh STORE WORD: removes result records of a store whose format names WORD.
set -euo pipefail
grep -rlE "\"format\": \"[^\"]*$2" "$1/results" 2>/dev/null | xargs -r rm -f
