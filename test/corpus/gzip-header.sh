# gzip keeps name and time of the file that it packs.
echo text >manual
gzip manual
mv manual.gz /out/result
