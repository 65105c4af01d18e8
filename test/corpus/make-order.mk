all: a b c d e f
a b c d e f:
	seq 300 | sort -R >/dev/null; echo $@ >>/out/result
