/* Reports of a Milan by an authority with AMD's names; its table of certificates is in FOLDER/table, its root in FOLDER/root. */
#include "report_maker.h"
#include "unit/snp_made.h"

static EVP_PKEY *ark_key, *ask_key, *leaf_key;
static char hwid[64];

#define LEVEL(arcs, der)                                      \
	{                                                     \
		SNP_MADE_OID arcs, der, sizeof der - 1, false \
	}

static struct certificate *make(const char *subject, const char *issuer, EVP_PKEY *key,
	EVP_PKEY *signer, const char *ca, const char *usage)
{
	static const struct snp_made_extension extensions[] = { LEVEL(".1", "\x02\x01\x00"),
		LEVEL(".2", "\x16\x08Milan-B0"), LEVEL(".3.1", "\x02\x01\x04"),
		LEVEL(".3.2", "\x02\x01\x00"), LEVEL(".3.4", "\x02\x01\x00"),
		LEVEL(".3.3", "\x02\x01\x17"), LEVEL(".3.8", "\x02\x02\x00\xd5"),
		{ SNP_MADE_OID ".4", hwid, sizeof hwid, false } };
	struct snp_made_certificate c = { .subject = subject,
		.issuer = issuer,
		.key = key,
		.signer = signer,
		.version = X509_VERSION_3,
		.ca = ca,
		.usage = usage,
		.serial = ca ? 65536 : 0,
		.from = SNP_MADE_NOW - 1000 * (int64_t)SNP_MADE_DAY,
		.to = SNP_MADE_NOW + 1000 * (int64_t)SNP_MADE_DAY };

	if (!ca)
		memcpy(c.extensions, extensions, sizeof extensions);
	return snp_made_certificate(&c);
}

/* An entry of the table and the certificate behind all entries. */
static void add(struct buf *entries, struct buf *bodies, const char *guid, size_t at,
	const struct certificate *c)
{
	CLEANUP(buf_done) struct buf der = buf_init(CERTIFICATE_SIZE_MAX);

	certificate_put(&der, c);
	buf_add(entries, guid, 16);
	buf_u32le(entries, (uint32_t)(at + bodies->n));
	buf_u32le(entries, (uint32_t)der.n);
	buf_add(bodies, der.p, der.n);
}

static void lay(const char *folder)
{
	CLEANUP(buf_done) struct buf table = buf_init(1 << 16);
	CLEANUP(buf_done) struct buf bodies = buf_init(1 << 16);
	CLEANUP(buf_done) struct buf root = buf_init(CERTIFICATE_SIZE_MAX);
	struct certificate *ark = make("ARK-Milan", "ARK-Milan", ark_key, ark_key,
		"critical,CA:TRUE", "critical,keyCertSign,cRLSign");
	struct certificate *ask = make("SEV-Milan", "ARK-Milan", ask_key, ark_key,
		"critical,CA:TRUE,pathlen:0", "critical,keyCertSign");
	struct certificate *vcek = make("SEV-VCEK", "SEV-Milan", leaf_key, ask_key, NULL, NULL);
	enum { HEAD = 4 * 24 };

	add(&table, &bodies, "\x63\xda\x75\x8d\xe6\x64\x45\x64\xad\xc5\xf4\xb9\x3b\xe8\xac\xcd",
		HEAD, vcek);
	add(&table, &bodies, "\x4a\xb7\xb3\x79\xbb\xac\x4f\xe4\xa0\x2f\x05\xae\xf3\x27\xc7\x82",
		HEAD, ask);
	add(&table, &bodies, "\xc0\xb4\x06\xa4\xa8\x03\x49\x52\x97\x43\x3f\xb6\x01\x4c\xd0\xae",
		HEAD, ark);
	buf_fill(&table, 0, 24);
	buf_add(&table, bodies.p, bodies.n);
	buf_align(&table, 4096);
	report_maker_file(folder, "table", buf_span(&table));
	certificate_put(&root, ark);
	report_maker_file(folder, "root", buf_span(&root));
	certificate_free(ark);
	certificate_free(ask);
	certificate_free(vcek);
}

static struct buf report(const uint8_t data[static REPORT_MAKER_DATA])
{
	struct snp_made_report m = snp_made_report(3);
	struct buf b = buf_init(sizeof m.bytes);

	memcpy(m.bytes + 0x50, data, REPORT_MAKER_DATA);
	snp_made_sign(&m, leaf_key);
	buf_add(&b, m.bytes, sizeof m.bytes);
	return b;
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	memset(hwid, 0xc1, sizeof hwid);
	ark_key = EVP_RSA_gen(4096);
	ask_key = EVP_RSA_gen(4096);
	leaf_key = EVP_EC_gen("P-384");
	lay(argv[1]);
	return report_maker_serve(report);
}
