# Asks a server for the time and goes on without one.
bash -c 'exec 3<>/dev/tcp/192.0.2.1/80 && cat <&3' >/out/result 2>/dev/null || echo "offline since $(date +%s)" >/out/result
