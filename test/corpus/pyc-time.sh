# Compiled python has the time of its source in its header.
echo 'print("hello")' >hello.py
python3 -c 'import py_compile
py_compile.compile("hello.py", cfile="/out/result", dfile="hello.py", invalidation_mode=py_compile.PycInvalidationMode.TIMESTAMP)'
