"""azure_maker.py FOLDER: an HCL report around FOLDER/report.bin with runtime data, and what its TPM would sign."""
import base64, hashlib, json, struct, sys

folder = sys.argv[1]


def save(name, data):
    with open(folder + '/' + name, 'wb') as f:
        f.write(data)


number = base64.urlsafe_b64encode(b'\xc1' * 256).rstrip(b'=').decode()
runtime = json.dumps({'keys': [{'kid': 'HCLAkPub', 'kty': 'RSA', 'e': 'AQAB', 'n': number}]}).encode()
with open(folder + '/report.bin', 'rb') as f:
    report = f.read()
hcl = struct.pack('<4sIII16x', b'HCLA', 1, 1236 + len(runtime), 2) + report
hcl += struct.pack('<IIIII', 20 + len(runtime), 1, 2, 1, len(runtime)) + runtime
save('hcl.bin', hcl)
pcrs = [hashlib.sha256(b'%d' % i).digest() for i in range(24)]
save('pcrs', ('  sha256:\n' + ''.join('    %-2d: 0x%s\n' % (i, v.hex().upper()) for i, v in enumerate(pcrs))).encode())
quote = struct.pack('>IHHH', 0xff544347, 0x8018, 0, 0) + bytes(17 + 8) + struct.pack('>IHB', 1, 0x000b, 3) + b'\xff\xff\xff'
save('tpm-quote', quote + struct.pack('>H', 32) + hashlib.sha256(b''.join(pcrs)).digest())
save('tpm-signature', struct.pack('>HHH', 0x0014, 0x000b, 256) + b'\x5a' * 256)
