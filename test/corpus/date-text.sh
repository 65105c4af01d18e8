# A generator that writes when it ran.
echo "made on $(date -u)" >/out/result
