# A path below somebody's home.
echo "cache=$HOME/.cache" >/out/result
