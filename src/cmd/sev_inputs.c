#include "cmd/sev_inputs.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/hex.h"
#include "base/mem.h"
#include "measure/sev_cpu.h"
#include "measure/snp_launch.h"
#include "sys/file.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

static bool regular_size(uint64_t *size, int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_os(e, "cannot read '%s'", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_USAGE, "'%s' is no regular file", path);
	*size = (uint64_t)st.st_size;
	return true;
}

bool sev_inputs_image(struct buf *ret, const char *path, struct err *e)
{
	CLEANUP(file_closep) int fd = file_open(AT_FDCWD, path, e);
	struct buf b = buf_init(SEV_FIRMWARE_MAX);
	uint64_t size;

	if (fd < 0 || !regular_size(&size, fd, path, e))
		return false;
	if (size > SEV_FIRMWARE_MAX)
		return err_set(
			e, ERR_LIMIT, "'%s' is larger than %d bytes", path, SEV_FIRMWARE_MAX);
	/* Read once and in one go: it is half of the work beside hashing. */
	b.p = mem_alloc(size ? size : 1);
	b.n = b.room = size;
	if (!file_pread(fd, b.p, size, 0, path, e)) {
		buf_done(&b);
		return false;
	}
	*ret = b;
	return true;
}

/* Only the hash of a kernel or initrd counts, so it is not held in memory. */
static bool hash_file(
	uint8_t ret[static SHA256_SIZE], uint64_t *size, const char *path, struct err *e)
{
	CLEANUP(file_closep) int fd = file_open(AT_FDCWD, path, e);
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);

	if (fd < 0 || !regular_size(size, fd, path, e) || !file_hash(h, fd, 0, *size, path, e))
		return false;
	hasher_end(h, ret);
	return true;
}

bool sev_inputs_kernel(struct sev_inputs *in, const struct verb_args *args, struct err *e)
{
	const char *kernel = verb_value(args, "--kernel"), *initrd = verb_value(args, "--initrd");
	const char *append = verb_value(args, "--append");

	if (!kernel && (initrd || append)) {
		err_set(e, ERR_USAGE, "%s is measured with a kernel only, and there is no --kernel",
			initrd ? "--initrd" : "--append");
		return err_hint(e, "give --kernel FILE, as it is given to QEMU");
	}
	if (!kernel)
		return true;
	in->has_kernel = true;
	in->has_initrd = initrd != NULL;
	in->command_line = str_of(append);
	sev_hashes_command_line(in->hashes.command_line, in->command_line);
	sha256_of(in->hashes.initrd, span_make(NULL, 0));
	return hash_file(in->hashes.kernel, &in->kernel_size, kernel, e) &&
	       (!initrd || hash_file(in->hashes.initrd, &in->initrd_size, initrd, e));
}

bool sev_inputs_read(struct sev_inputs *ret, const struct verb_args *args, struct err *e)
{
	const char *firmware = verb_value(args, "--firmware");

	*ret = (struct sev_inputs){ .has_kernel = false };
	if (!firmware) {
		err_set(e, ERR_USAGE, "--firmware is needed: the image that the guest starts with");
		return err_hint(e, "for example --firmware OVMF.amdsev.fd");
	}
	return sev_inputs_image(&ret->firmware, firmware, e) && sev_inputs_kernel(ret, args, e);
}

void sev_inputs_done(struct sev_inputs *in)
{
	buf_done(&in->firmware);
}

const struct sev_hashes *sev_inputs_hashes(const struct sev_inputs *in)
{
	return in->has_kernel ? &in->hashes : NULL;
}

static void put_input(struct json_out *w, const char *name, uint64_t size,
	const uint8_t sha256[static SHA256_SIZE])
{
	json_object(w);
	json_put_cstr(w, "name", name);
	json_put_uint(w, "size", size);
	json_put_hex(w, "sha256", span_make(sha256, SHA256_SIZE));
	json_end_object(w);
}

static void put_bytes(struct json_out *w, const char *name, struct span bytes)
{
	uint8_t sha256[SHA256_SIZE];

	sha256_of(sha256, bytes);
	put_input(w, name, bytes.n, sha256);
}

static void put_inputs(struct json_out *w, const struct sev_inputs *in, struct span svsm)
{
	json_key(w, "inputs");
	json_array(w);
	put_bytes(w, "firmware", buf_span(&in->firmware));
	if (svsm.n)
		put_bytes(w, "svsm", svsm);
	if (in->has_kernel)
		put_input(w, "kernel", in->kernel_size, in->hashes.kernel);
	if (in->has_initrd)
		put_input(w, "initrd", in->initrd_size, in->hashes.initrd);
	json_end_array(w);
	if (in->has_kernel)
		json_put_str(w, "command-line", in->command_line);
}

static void put_rules(struct json_out *w, enum sev_vmm vmm, bool svsm)
{
	static const char *const sources[SEV_VMMS] = {
		[SEV_VMM_QEMU] = "AMD 56860 and 24593; QEMU target/i386/sev.c",
		[SEV_VMM_EC2] = "AMD 56860 and 24593; sev-snp-measure 0.0.13, mode ec2",
		[SEV_VMM_GCE] = "AMD 56860 and 24593; gce-tcb-verifier, sev",
	};
	static const char *const confirmed[SEV_VMMS] = {
		[SEV_VMM_QEMU] = "values of an independent calculator",
		[SEV_VMM_EC2] = "values of an independent calculator",
		[SEV_VMM_GCE] = "nothing but their source",
	};

	json_key(w, "rules");
	json_object(w);
	json_put_cstr(w, "source", sources[vmm]);
	if (svsm)
		json_put_cstr(w, "svsm", "layout of Coconut-SVSM as QEMU loads it");
	json_put_cstr(w, "confirmed-by", confirmed[vmm]);
	json_put_bool(w, "confirmed-by-hardware", false);
	json_end_object(w);
}

void sev_inputs_json(struct json_out *w, const char *format, const struct sev_inputs *in,
	enum sev_vmm vmm, struct span svsm)
{
	json_put_cstr(w, "format", format);
	json_put_cstr(w, "vmm", sev_vmm_name(vmm));
	put_rules(w, vmm, svsm.n > 0);
	put_inputs(w, in, svsm);
}

bool sev_inputs_json_print(const struct buf *document, struct err *e)
{
	if (!buf_ok(document))
		return buf_full(document, "the result", e);
	return fwrite(document->p, 1, document->n, stdout) == document->n ||
	       err_os(e, "cannot write the result");
}

/* Hexadecimal digits of either case, at most 16. */
static bool hexadecimal(struct str s, uint64_t *ret)
{
	uint64_t v = 0;

	if (!s.n || s.n > 16)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		int d = c >= '0' && c <= '9'   ? c - '0'
			: c >= 'a' && c <= 'f' ? c - 'a' + 10
			: c >= 'A' && c <= 'F' ? c - 'A' + 10
					       : -1;

		if (d < 0)
			return false;
		v = v << 4 | (uint64_t)d;
	}
	*ret = v;
	return true;
}

bool sev_inputs_number(
	uint64_t *ret, struct str text, const char *option, uint64_t max, struct err *e)
{
	bool is_hex = str_starts(text, "0x");
	uint64_t v = 0;
	bool ok = is_hex ? hexadecimal(str_make(text.p + 2, text.n - 2), &v)
			 : str_u64(text, &v, UINT64_MAX);

	if (!ok)
		return err_set(e, ERR_USAGE, "%s '%.*s' is no number, wanted 12 or 0x1f", option,
			STR_ARG(text));
	if (v > max)
		return err_set(e, ERR_USAGE, "%s %.*s is more than %llu (%#llx)", option,
			STR_ARG(text), (unsigned long long)max, (unsigned long long)max);
	*ret = v;
	return true;
}

bool sev_inputs_numbers(
	uint64_t *ret, size_t *n, struct str list, const char *option, uint64_t max, struct err *e)
{
	struct str one;
	bool more = true;

	for (*n = 0; more; ++*n) {
		if (*n == SEV_INPUTS_LIST_MAX)
			return err_set(e, ERR_LIMIT, "%s has more than %d values", option,
				SEV_INPUTS_LIST_MAX);
		more = str_cut(list, ',', &one, &list);
		if (!sev_inputs_number(&ret[*n], one, option, max, e))
			return false;
	}
	return true;
}

static bool read_vcpus(struct sev_inputs_shapes *ret, const struct verb_args *args, struct err *e)
{
	const char *text = verb_value(args, "--vcpus");
	uint64_t counts[SEV_INPUTS_LIST_MAX];

	if (!text) {
		err_set(e, ERR_USAGE, "--vcpus is needed: each processor's start is measured");
		return err_hint(e, "for example --vcpus 2, or --vcpus 1,2,4 for three digests");
	}
	if (!sev_inputs_numbers(
		    counts, &ret->n_vcpus, str_of(text), "--vcpus", SNP_PROCESSORS_MAX, e))
		return false;
	for (size_t i = 0; i < ret->n_vcpus; i++) {
		if (!counts[i])
			return err_set(
				e, ERR_USAGE, "--vcpus 0: no guest starts without a processor");
		ret->vcpus[i] = (unsigned)counts[i];
	}
	return true;
}

static bool read_types(struct sev_inputs_shapes *ret, struct str list, struct err *e)
{
	bool more = true;

	for (ret->n_types = 0; more; ret->n_types++) {
		struct sev_inputs_type *t = &ret->types[ret->n_types];
		const struct sev_cpu *cpu;
		struct str one;

		if (ret->n_types == SEV_INPUTS_LIST_MAX)
			return err_set(e, ERR_LIMIT, "--vcpu-type has more than %d values",
				SEV_INPUTS_LIST_MAX);
		more = str_cut(list, ',', &one, &list);
		if (!sev_cpu_find(&cpu, one, e))
			return false;
		snprintf(t->name, sizeof t->name, "%.*s", STR_ARG(one));
		t->signature = sev_cpu_signature(cpu->family, cpu->model, cpu->stepping);
	}
	return true;
}

static bool read_signature(uint32_t *ret, const struct verb_args *args, struct err *e)
{
	static const struct {
		const char *option;
		uint64_t max;
	} parts[] = {
		{ "--vcpu-family", SEV_CPU_FAMILY_MAX },
		{ "--vcpu-model", SEV_CPU_MODEL_MAX },
		{ "--vcpu-stepping", SEV_CPU_STEPPING_MAX },
	};
	const char *whole = verb_value(args, "--vcpu-sig");
	uint64_t v[ARRAY_LEN(parts)];

	if (whole) {
		if (!sev_inputs_number(v, str_of(whole), "--vcpu-sig", UINT32_MAX, e))
			return false;
		*ret = (uint32_t)v[0];
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const char *text = verb_value(args, parts[i].option);

		if (!text)
			return err_set(e, ERR_USAGE,
				"%s is missing: family, model and stepping are wanted together",
				parts[i].option);
		if (!sev_inputs_number(&v[i], str_of(text), parts[i].option, parts[i].max, e))
			return false;
	}
	*ret = sev_cpu_signature((unsigned)v[0], (unsigned)v[1], (unsigned)v[2]);
	return true;
}

/* Exactly one of three ways to say it, or none where the hypervisor hides it. */
static bool read_processor(
	struct sev_inputs_shapes *ret, const struct verb_args *args, struct err *e)
{
	const char *type = verb_value(args, "--vcpu-type");
	bool by_parts = verb_value(args, "--vcpu-family") || verb_value(args, "--vcpu-model") ||
			verb_value(args, "--vcpu-stepping");
	int ways = (type != NULL) + (verb_value(args, "--vcpu-sig") != NULL) + by_parts;
	struct sev_inputs_type *t = &ret->types[0];

	if (ways > 1)
		return err_set(e, ERR_USAGE,
			"the processor is given twice: wanted is one of --vcpu-type, --vcpu-sig, and family, model and stepping");
	if (type)
		return read_types(ret, str_of(type), e);
	ret->n_types = 1;
	if (ways == 0 && ret->vmm == SEV_VMM_EC2) {
		snprintf(t->name, sizeof t->name, "any");
		return true;
	}
	if (ways == 0) {
		err_set(e, ERR_USAGE, "--vcpu-type is needed: the processor's type is measured");
		return err_hint(
			e, "for example --vcpu-type EPYC-Milan; it is what QEMU is given as -cpu");
	}
	if (!read_signature(&t->signature, args, e))
		return false;
	snprintf(t->name, sizeof t->name, "%#x", t->signature);
	return true;
}

bool sev_inputs_shapes(struct sev_inputs_shapes *ret, const struct verb_args *args, struct err *e)
{
	const char *vmm = verb_value(args, "--vmm");

	*ret = (struct sev_inputs_shapes){ .vmm = SEV_VMM_QEMU };
	return (!vmm || sev_vmm_find(&ret->vmm, str_of(vmm), e)) && read_vcpus(ret, args, e) &&
	       read_processor(ret, args, e);
}
