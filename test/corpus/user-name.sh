# Built by whom?
echo "built by $(id -un)" >/out/result
