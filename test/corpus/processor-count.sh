# A default number of workers.
echo "workers=$(nproc)" >/out/result
