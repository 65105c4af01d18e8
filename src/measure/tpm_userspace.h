/*
 * What systemd in the running system measures by itself, as text without NUL: the phases of the boot (systemd-pcrphase,
 * PCR 11), the machine's identity (systemd-pcrmachine, PCR 15) and file systems (systemd-pcrfs, PCR 15). None of it is in
 * the firmware's event log.
 */
#ifndef ASSAY_MEASURE_TPM_USERSPACE_H
#define ASSAY_MEASURE_TPM_USERSPACE_H

#include "measure/event.h"

enum { TPM_USERSPACE_TEXT_MAX = 4096 };

/* PCR 11: words with colons between them, "enter-initrd:leave-initrd", one event each; nothing for "". FORMAT, LIMIT. */
bool tpm_userspace_phases(struct event_list *to, struct str phases, struct err *e) MUST_CHECK;
/* PCR 15: "machine-id:" and 32 hexadecimal digits. FORMAT. */
bool tpm_userspace_machine_id(struct event_list *to, struct str id, struct err *e) MUST_CHECK;
/*
 * PCR 15: "file-system:" and seven words with colons between them: mount point, type, UUID, label, the partition's UUID,
 * type and name; a word that is not known is empty. FORMAT.
 */
bool tpm_userspace_file_system(struct event_list *to, struct str words, struct err *e) MUST_CHECK;

#endif
