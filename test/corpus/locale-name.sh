# The name of the locale itself.
echo "lang=${LC_ALL:-$LANG}" >/out/result
