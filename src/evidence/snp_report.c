#include "evidence/snp_report.h"

#include "base/rd.h"
#include "base/banned.h"

enum { HAS_CPU = 3, HAS_MITIGATIONS = 5, KEY_SHIFT = 2, KEY_MASK = 7, KEY_INFO_BITS = 5 };

/* Reads n reserved bytes: they must be zero. */
static void reserved(struct snp_report *out, struct rd *r, size_t n)
{
	size_t at = r->at;
	struct span bytes = rd_bytes(r, n);

	for (size_t i = 0; i < bytes.n && out->reserved_at == SNP_REPORT_SIZE; i++)
		if (bytes.p[i])
			out->reserved_at = at + i;
}

static void read_key_info(struct snp_report *out, struct rd *r)
{
	size_t at = r->at;
	uint32_t info = rd_u32le(r);

	out->author_key_en = info & 1;
	out->mask_chip_key = info >> 1 & 1;
	out->signing_key = info >> KEY_SHIFT & KEY_MASK;
	if (info >> KEY_INFO_BITS && out->reserved_at == SNP_REPORT_SIZE)
		out->reserved_at = at;
}

static void read_firmware(struct snp_report *out, struct snp_firmware *fw, struct rd *r)
{
	fw->build = rd_u8(r);
	fw->minor = rd_u8(r);
	fw->major = rd_u8(r);
	reserved(out, r, 1);
}

static void read_head(struct snp_report *out, struct rd *r)
{
	out->version = rd_u32le(r);
	out->guest_svn = rd_u32le(r);
	out->policy = rd_u64le(r);
	out->family_id = rd_bytes(r, SNP_REPORT_NAME_SIZE);
	out->image_id = rd_bytes(r, SNP_REPORT_NAME_SIZE);
	out->vmpl = rd_u32le(r);
	out->algorithm = rd_u32le(r);
	out->current_tcb = rd_u64le(r);
	out->platform_info = rd_u64le(r);
	read_key_info(out, r);
	reserved(out, r, 4);
}

static void read_identities(struct snp_report *out, struct rd *r)
{
	out->report_data = rd_bytes(r, SNP_REPORT_DATA_SIZE);
	out->measurement = rd_bytes(r, SNP_REPORT_DIGEST_SIZE);
	out->host_data = rd_bytes(r, SNP_REPORT_HOST_DATA_SIZE);
	out->id_key_digest = rd_bytes(r, SNP_REPORT_DIGEST_SIZE);
	out->author_key_digest = rd_bytes(r, SNP_REPORT_DIGEST_SIZE);
	out->report_id = rd_bytes(r, SNP_REPORT_ID_SIZE);
	out->report_id_ma = rd_bytes(r, SNP_REPORT_ID_SIZE);
}

static void read_platform(struct snp_report *out, struct rd *r)
{
	out->reported_tcb = rd_u64le(r);
	out->has_cpu = out->version >= HAS_CPU;
	if (out->has_cpu) {
		out->cpu_family = rd_u8(r);
		out->cpu_model = rd_u8(r);
		out->cpu_stepping = rd_u8(r);
		reserved(out, r, 21);
	} else {
		reserved(out, r, 24);
	}
	out->chip_id = rd_bytes(r, SNP_REPORT_CHIP_ID_SIZE);
	out->committed_tcb = rd_u64le(r);
	read_firmware(out, &out->current, r);
	read_firmware(out, &out->committed, r);
	out->launch_tcb = rd_u64le(r);
	out->has_mitigations = out->version >= HAS_MITIGATIONS;
	if (out->has_mitigations) {
		out->launch_mitigations = rd_u64le(r);
		out->current_mitigations = rd_u64le(r);
		reserved(out, r, 152);
	} else {
		reserved(out, r, 168);
	}
}

bool snp_report_parse(struct snp_report *ret, struct span bytes, struct err *e)
{
	struct snp_report out = { .reserved_at = SNP_REPORT_SIZE };
	struct rd r = rd_of(bytes);

	if (bytes.n != SNP_REPORT_SIZE)
		return err_set(e, ERR_FORMAT, "SNP report is %zu bytes, want %d", bytes.n,
			SNP_REPORT_SIZE);
	out.signed_bytes = span_make(bytes.p, SNP_REPORT_SIGNED_SIZE);
	read_head(&out, &r);
	if (out.version < SNP_REPORT_VERSION_MIN || out.version > SNP_REPORT_VERSION_MAX)
		return err_set(e, ERR_FORMAT, "SNP report at 0: version %u, want %d to %d",
			out.version, SNP_REPORT_VERSION_MIN, SNP_REPORT_VERSION_MAX);
	read_identities(&out, &r);
	read_platform(&out, &r);
	out.r = rd_bytes(&r, SNP_REPORT_NUMBER_SIZE);
	out.s = rd_bytes(&r, SNP_REPORT_NUMBER_SIZE);
	reserved(&out, &r, rd_left(&r));
	if (!rd_done(&r))
		return rd_truncated(&r, "SNP report", e);
	*ret = out;
	return true;
}

enum snp_product snp_report_product(const struct snp_report *r)
{
	return r->has_cpu ? snp_product_of_cpu(r->cpu_family, r->cpu_model) : SNP_PRODUCT_UNKNOWN;
}

bool snp_report_is_blank(struct span field)
{
	uint8_t any = 0;

	for (size_t i = 0; i < field.n; i++)
		any |= field.p[i];
	return !any;
}

const char *snp_report_key_name(uint8_t signing_key)
{
	switch (signing_key) {
	case SNP_KEY_VCEK:
		return "VCEK";
	case SNP_KEY_VLEK:
		return "VLEK";
	case SNP_KEY_NONE:
		return "none";
	default:
		return "reserved";
	}
}
