/* Attestation documents by an authority in the shape of AWS Nitro's; its root is in FOLDER/root. */
#include "report_maker.h"
#include "unit/nitro_made.h"

static struct buf document(const uint8_t data[static REPORT_MAKER_DATA])
{
	struct made_nitro m = made_nitro();

	m.field[NITRO_DOCUMENT_NONCE] = span_make(data, REPORT_MAKER_DATA);
	m.field[NITRO_DOCUMENT_USER_DATA] = span_make(NULL, 0);
	return made_document(&m);
}

int main(int argc, char **argv)
{
	struct made_nitro m;

	if (argc != 2)
		return 2;
	made_keys_new();
	m = made_nitro();
	{
		CLEANUP(buf_done) struct buf root = made_cert_der(&m.certs[0]);

		report_maker_file(argv[1], "root", buf_span(&root));
	}
	return report_maker_serve(document);
}
