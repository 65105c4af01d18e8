/*
 * What the types of events are called (TCG PC Client Platform Firmware Profile 1.06, table 27), and the tags of tagged
 * events that Linux, systemd and others have given themselves.
 */
#ifndef ASSAY_EVIDENCE_EVENT_TYPE_H
#define ASSAY_EVIDENCE_EVENT_TYPE_H

#include <stdint.h>

/* Types that nothing predicts; measure/tpm_firmware.h has the others. */
#define EV_POST_CODE 0x1u
#define EV_ACTION 0x5u
#define EV_PLATFORM_CONFIG_FLAGS 0xau
#define EV_POST_CODE2 0x13u
#define EV_EFI_RUNTIME_SERVICES_DRIVER 0x80000005u
#define EV_EFI_PLATFORM_FIRMWARE_BLOB 0x80000008u
#define EV_EFI_HANDOFF_TABLES 0x80000009u
#define EV_EFI_PLATFORM_FIRMWARE_BLOB2 0x8000000au
#define EV_EFI_HANDOFF_TABLES2 0x8000000bu
#define EV_EFI_VARIABLE_BOOT2 0x8000000cu
#define EV_EFI_GPT_EVENT2 0x8000000du
#define EV_EFI_VARIABLE_AUTHORITY 0x800000e0u

/* "EV_SEPARATOR"; NULL for a number that the profile does not give out. */
const char *event_type_name(uint32_t type);
/* "Linux: load options"; NULL for a tag that is not known. */
const char *event_type_tag(uint32_t tag);

#endif
