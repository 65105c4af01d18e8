#include "appraise/policy_snp_inside.h"
#include "base/hex.h"
#include "base/banned.h"

enum { BITS = 64, SHOWN = 3, VMPLS = 4 };

/* "A, B and C"; the words of a set. */
static void list_add(struct buf *out, const char *word, unsigned *left, bool *first)
{
	(*left)--;
	buf_printf(out, "%s%s", *first ? "" : *left ? ", " : " or ", word);
	*first = false;
}

static unsigned count(uint64_t set)
{
	unsigned n = 0;

	for (; set; set &= set - 1)
		n++;
	return n;
}

static const char *for_what(unsigned signers)
{
	if (!(signers >> SNP_KEY_VLEK & 1))
		return "chip and TCB";
	return signers >> SNP_KEY_VCEK & 1
		       ? "TCB; that of a VCEK for its chip, too, and a VLEK names none"
		       : "TCB; it names no chip";
}

static void tell_hardware(const struct policy_snp *p, struct buf *out)
{
	unsigned left = count(p->products);
	bool first = true;

	buf_printf(out, "The processor is one of AMD's line ");
	for (int i = SNP_MILAN; i <= SNP_TURIN; i++)
		if (p->products >> i & 1)
			list_add(out, snp_product_name((enum snp_product)i), &left, &first);
	buf_printf(out, ", and a chain to a trusted root proves it.\n");
	left = count(p->signers);
	first = true;
	buf_printf(out, "The report is signed by a ");
	for (int i = SNP_KEY_VCEK; i <= SNP_KEY_VLEK; i++)
		if (p->signers >> i & 1)
			list_add(out, snp_report_key_name((uint8_t)i), &left, &first);
	buf_printf(out, " whose certificate is for the report's %s.\n", for_what(p->signers));
	switch (p->crl) {
	case POLICY_SNP_CRL_REQUIRE:
		buf_printf(out,
			"The root's list of revoked certificates is there, current, and names neither the intermediate nor the root.\n");
		break;
	case POLICY_SNP_CRL_IF_PRESENT:
		buf_printf(out,
			"If a list of revoked certificates is there, it is current and names neither the intermediate nor the root.\n");
		break;
	case POLICY_SNP_CRL_OFF:
		buf_printf(out, "Whether certificates are revoked is not looked at.\n");
		break;
	}
	if (p->crl_max_age.given)
		buf_printf(out, "That list must not be older than %lld seconds.\n",
			(long long)p->crl_max_age.max_s);
}

static void tell_bits(const char *what, uint64_t bits, const char *must,
	const char *(*name_of)(unsigned), struct buf *out)
{
	for (unsigned i = 0; i < BITS; i++) {
		if (!(bits >> i & 1))
			continue;
		if (name_of && name_of(i))
			buf_printf(out, "%s: %s %s set.\n", what, name_of(i), must);
		else
			buf_printf(out, "%s: bit %u %s set.\n", what, i, must);
	}
}

static void tell_guest(const struct policy_snp *p, struct buf *out)
{
	unsigned left = count(p->vmpls);
	bool first = true;

	buf_printf(out, "The guest asked for the report itself, from VMPL ");
	for (unsigned i = 0; i < VMPLS; i++) {
		const char digit[] = { (char)('0' + i), '\0' };

		if (p->vmpls >> i & 1)
			list_add(out, digit, &left, &first);
	}
	buf_printf(out, ".\n%s\n",
		p->debug ? "The guest may be one that the host debugs; that is a warning."
			 : "The host cannot debug the guest.");
	if (!p->migration)
		buf_printf(out,
			"The guest cannot be migrated, and no migration agent is bound to it.\n");
	else if (p->agents.n)
		buf_printf(out,
			"The guest may be migrated by one of %zu agents; that is a warning.\n",
			p->agents.n);
	else
		buf_printf(out, "The guest may be migrated by any agent; that is a warning.\n");
	tell_bits("Guest policy", p->guest_policy.must, "is", snp_report_policy_bit, out);
	tell_bits("Guest policy", p->guest_policy.must_not, "is not", snp_report_policy_bit, out);
	tell_bits("PLATFORM_INFO", p->platform_info.must, "is", snp_report_platform_bit, out);
	tell_bits(
		"PLATFORM_INFO", p->platform_info.must_not, "is not", snp_report_platform_bit, out);
	tell_bits("Mitigations at launch", p->launch_mitigations, "is", NULL, out);
	tell_bits("Mitigations now", p->current_mitigations, "is", NULL, out);
}

static void tell_minimum(const struct policy_snp *p, enum snp_product product,
	enum snp_report_tcb which, struct buf *out)
{
	const struct policy_snp_minimum *m = &p->minimum[product][which];
	const char *comma = "";

	if (!m->given || !(p->products >> product & 1))
		return;
	buf_printf(out, "%s of a %s is at least: ", snp_report_tcb_name(which),
		snp_product_name(product));
	for (int i = 0; i < SNP_TCB_PARTS; i++) {
		if (!m->tcb.spl[i])
			continue;
		buf_printf(out, "%s%s %u", comma, snp_tcb_part_name((enum snp_tcb_part)i),
			m->tcb.spl[i]);
		comma = ", ";
	}
	buf_printf(out, ".\n");
}

static void tell_versions(const struct policy_snp *p, struct buf *out)
{
	const struct snp_firmware *f = &p->firmware;

	for (int product = SNP_MILAN; product <= SNP_TURIN; product++)
		for (int which = 0; which < POLICY_SNP_TCBS; which++)
			tell_minimum(p, (enum snp_product)product, (enum snp_report_tcb)which, out);
	buf_printf(out, "%s\n",
		p->provisional
			? "The firmware that runs may be provisional."
			: "The firmware that runs is committed: the platform cannot go back behind it.");
	if (f->major || f->minor || f->build)
		buf_printf(out, "The SNP firmware is at least %u.%u.%u.\n", f->major, f->minor,
			f->build);
	if (p->abi_major || p->abi_minor)
		buf_printf(out,
			"The guest demands at least version %u.%u of the firmware's interface.\n",
			p->abi_major, p->abi_minor);
	if (p->guest_svn)
		buf_printf(out, "GUEST_SVN is at least %u.\n", p->guest_svn);
}

static void tell_values(const char *what, const struct policy_snp_values *v, struct buf *out)
{
	if (!v->n)
		return;
	buf_printf(out, "%s is %s", what, v->n == 1 ? "" : "one of: ");
	for (size_t i = 0; i < v->n && i < SHOWN; i++) {
		buf_printf(out, "%s", i ? ", " : "");
		hex_add(out, v->items[i]);
	}
	if (v->n > SHOWN)
		buf_printf(out, ", and %zu more", v->n - SHOWN);
	buf_printf(out, ".\n");
}

void policy_snp_tell(const struct policy_snp *p, struct buf *out)
{
	tell_hardware(p, out);
	tell_values("The chip", &p->chips, out);
	tell_guest(p, out);
	tell_versions(p, out);
	tell_values("MEASUREMENT", &p->measurements, out);
	tell_values("HOST_DATA", &p->host_data, out);
	tell_values("FAMILY_ID", &p->family_ids, out);
	tell_values("IMAGE_ID", &p->image_ids, out);
	tell_values("REPORT_ID", &p->report_ids, out);
	tell_values("The digest of the ID key", &p->id_keys, out);
	tell_values("The digest of the author key, which must be in use,", &p->author_keys, out);
}
