# Built where?
echo "built on $(uname -n)" >/out/result
