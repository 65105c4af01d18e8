/* For verify-hardware.sh: a TDX guest of a test authority as files. `tdx-maker OUT` also writes quote and its collateral. */
#include "tdx_machine.h"

#include "evidence_files.h"

int main(int argc, char **argv)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);

	if (argc != 2)
		return 2;
	tdx_machine_init(a);
	tdx_machine_make();
	tdx_machine_sign();
	evidence_write(argv[1], "quote", m.bundle.tdx_quote);
	evidence_write(argv[1], "tcb-info.json", m.bundle.tdx_tcb_info);
	evidence_write(argv[1], "qe-identity.json", m.bundle.tdx_qe_identity);
	evidence_write(argv[1], "signing-chain.pem", m.bundle.tdx_tcb_info_chain);
	evidence_write(argv[1], "root-crl.der", m.bundle.tdx_root_crl);
	evidence_write(argv[1], "pck-crl.der", m.bundle.tdx_pck_crl);
	evidence_files(&(struct evidence_files){ .dir = argv[1],
		.bundle = &m.bundle,
		.shape = &m.shape,
		.root = &m.root,
		.hardware = "tdx",
		.nonce = m.nonce,
		.report_data = span_make(m.body + BODY_REPORT_DATA, 64),
		.at_unix = MADE_NOW });
	(void)run_case;
	return test_end();
}
