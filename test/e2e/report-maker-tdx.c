/* Quotes of version 4 by an authority with Intel's names; its root is in FOLDER/root. */
#include "report_maker.h"
#include "tdx_quote_made.h"

static struct made_tdx honest;

/* The signature covers header and body, and stands behind the size that follows them. */
static struct buf quote(const uint8_t data[static REPORT_MAKER_DATA])
{
	static const struct made_quote_spec v4 = { 4, 2, { 5, 1, 3 }, { 0 }, 4, { 0xdc } };
	struct buf b = made_tdx_quote(&honest, &v4);
	size_t n = TDX_QUOTE_HEADER_SIZE + TDX_QUOTE_BODY_10_SIZE;

	memcpy(b.p + TDX_QUOTE_HEADER_SIZE + 520, data, REPORT_MAKER_DATA);
	made_rs(b.p + n + 4, honest.attestation_key, span_make(b.p, n));
	buf_fill(&b, 0, 100); /* platforms hand out more than the quote */
	return b;
}

int main(int argc, char **argv)
{
	CLEANUP(buf_done) struct buf root = buf_init(1 << 14);

	if (argc != 2)
		return 2;
	honest = made_honest();
	made_pem(&root, &honest.root);
	report_maker_file(argv[1], "root", buf_span(&root));
	return report_maker_serve(quote);
}
