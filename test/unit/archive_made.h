/*
 * Signed Release files for tests, and the keyring that judges them: made by gpg --clearsign, with keys that nobody keeps.
 * All are of the suite "stable" with the codename "made" and name the same index, unless they say otherwise.
 */
#ifndef ASSAY_TEST_ARCHIVE_MADE_H
#define ASSAY_TEST_ARCHIVE_MADE_H

#define ARCHIVE_MADE_SIGNER "0788AA4F80F64C821C4FA2A06FA656C8DE94D0D0"
#define ARCHIVE_MADE_INDEX "an index\n"
#define ARCHIVE_MADE_DATE 1700000000 /* 2023-11-14 22:13:20 */

/* The public key, as gpg exports it, in hexadecimal. */
static const char archive_made_keyring
	[] = "9833046541950016092b06010401da470f0101074019ee2ce887ff1305e2fed0fac183186050d6f9"
	     "5499e0a0df6bcdc9366fb83a2cb41d61726368697665203c61726368697665406578616d706c652e"
	     "6f72673e88900413160800381621040788aa4f80f64c821c4fa2a06fa656c8de94d0d00502654195"
	     "00021b03050b0908070206150a09080b020416020301021e01021780000a09106fa656c8de94d0d0"
	     "522901009ee7698b5a4b02d341e9035bceea90f9ba494d2b3cf616cdd8d61d909162786000ff5e5d"
	     "1f9f089f704f9f4ab5a8de6ba41c221f78ac890b1aa9b6df86fb7f06bd09";

static const char archive_made_good[] =
	"-----BEGIN PGP SIGNED MESSAGE-----\n"
	"Hash: SHA256\n"
	"\n"
	"Suite: stable\n"
	"Codename: made\n"
	"Date: Tue, 14 Nov 2023 22:13:20 UTC\n"
	"SHA256:\n"
	" 798a35fac5468ebac4fca4445223bf0ed654af7f309fae06cd6d495ede6118ef 9 main/binary-amd64/Packages.xz\n"
	"-----BEGIN PGP SIGNATURE-----\n"
	"\n"
	"iIoEARYIADIWIQQHiKpPgPZMghxPoqBvplbI3pTQ0AUCZUGVABQcYXJjaGl2ZUBl\n"
	"eGFtcGxlLm9yZwAKCRBvplbI3pTQ0IaoAQCa23ByH2htvsQ6imE6X/cyMChNSDGF\n"
	"LpCcjEygpWHdMQEA0Ys9Ks1l184qrrKHS4Vj4lgsGgoZhIrw9VLtcJsOsgE=\n"
	"=09p9\n"
	"-----END PGP SIGNATURE-----\n";

/* A day older than good. */
static const char archive_made_older[] =
	"-----BEGIN PGP SIGNED MESSAGE-----\n"
	"Hash: SHA256\n"
	"\n"
	"Suite: stable\n"
	"Codename: made\n"
	"Date: Mon, 13 Nov 2023 22:13:20 UTC\n"
	"SHA256:\n"
	" 798a35fac5468ebac4fca4445223bf0ed654af7f309fae06cd6d495ede6118ef 9 main/binary-amd64/Packages.xz\n"
	"-----BEGIN PGP SIGNATURE-----\n"
	"\n"
	"iIoEARYIADIWIQQHiKpPgPZMghxPoqBvplbI3pTQ0AUCZUGVABQcYXJjaGl2ZUBl\n"
	"eGFtcGxlLm9yZwAKCRBvplbI3pTQ0KFkAP91J/xJf2ergVF2ez2w1DlbatxP8aZf\n"
	"1URFpY2JlBtKZAEAqZyi1h+K3CVeOmtY2n3h4MJDv+yxBm7wfMLz5AS36Ao=\n"
	"=XZAu\n"
	"-----END PGP SIGNATURE-----\n";

/* Valid until a day after its date. */
static const char archive_made_expired[] =
	"-----BEGIN PGP SIGNED MESSAGE-----\n"
	"Hash: SHA256\n"
	"\n"
	"Suite: stable\n"
	"Codename: made\n"
	"Date: Tue, 14 Nov 2023 22:13:20 UTC\n"
	"Valid-Until: Wed, 15 Nov 2023 22:13:20 UTC\n"
	"SHA256:\n"
	" 798a35fac5468ebac4fca4445223bf0ed654af7f309fae06cd6d495ede6118ef 9 main/binary-amd64/Packages.xz\n"
	"-----BEGIN PGP SIGNATURE-----\n"
	"\n"
	"iIoEARYIADIWIQQHiKpPgPZMghxPoqBvplbI3pTQ0AUCZUGVABQcYXJjaGl2ZUBl\n"
	"eGFtcGxlLm9yZwAKCRBvplbI3pTQ0CKUAQCUJRiUkn5d7ZOpTd2UDINqMHnmg58R\n"
	"Okvx+daKdwAyrwD/ed06oD8lw1WTmTzji3nJUMnxRK+4rsDGnpnTWbisPQ0=\n"
	"=3Gxr\n"
	"-----END PGP SIGNATURE-----\n";

/* Of the suite "testing" with the codename "next". */
static const char archive_made_suite[] =
	"-----BEGIN PGP SIGNED MESSAGE-----\n"
	"Hash: SHA256\n"
	"\n"
	"Suite: testing\n"
	"Codename: next\n"
	"Date: Tue, 14 Nov 2023 22:13:20 UTC\n"
	"SHA256:\n"
	" 798a35fac5468ebac4fca4445223bf0ed654af7f309fae06cd6d495ede6118ef 9 main/binary-amd64/Packages.xz\n"
	"-----BEGIN PGP SIGNATURE-----\n"
	"\n"
	"iIoEARYIADIWIQQHiKpPgPZMghxPoqBvplbI3pTQ0AUCZUGVABQcYXJjaGl2ZUBl\n"
	"eGFtcGxlLm9yZwAKCRBvplbI3pTQ0J9kAQDh3YM86sSUVte7d7GGJjRu8vK7TTWI\n"
	"dk/w50FtvXUiSgEA1u3J65Hz+RZVSIgWzehDggfg+GTfcWIJb4+Z3EZC/AA=\n"
	"=8f85\n"
	"-----END PGP SIGNATURE-----\n";

/* Signed by a key that the keyring does not have. */
static const char archive_made_other[] =
	"-----BEGIN PGP SIGNED MESSAGE-----\n"
	"Hash: SHA256\n"
	"\n"
	"Suite: stable\n"
	"Codename: made\n"
	"Date: Tue, 14 Nov 2023 22:13:20 UTC\n"
	"SHA256:\n"
	" 798a35fac5468ebac4fca4445223bf0ed654af7f309fae06cd6d495ede6118ef 9 main/binary-amd64/Packages.xz\n"
	"-----BEGIN PGP SIGNATURE-----\n"
	"\n"
	"iIgEARYIADAWIQSIlvvcaI8M2PbYxcksb32nQh2gAgUCZUGVABIcb3RoZXJAZXhh\n"
	"bXBsZS5vcmcACgkQLG99p0IdoAKjHQEA61lHQof/qIwqV2d+wSQPsPdm/3eGwGPK\n"
	"ID6aelYqMAIA/RS7eSy8lMnyrPMAnd0+RqPh8dm7arx7guRx+QKTlJoA\n"
	"=RO9G\n"
	"-----END PGP SIGNATURE-----\n";

#endif
