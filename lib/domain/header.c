/*
 * header: the words of a column's name, each with a sense; the senses together
 * decide. Words are compared in lower case without accents. Languages are
 * those of the examples: English, Hindi, Spanish, French and German; a word
 * is in the lists only if it means nothing else in a sheet of people.
 */
#include <string.h>

#include "header.h"
#include "num.h"

enum sense {
	UNKNOWN,
	PHONE,
	CONTACT, /* a number with one, or a person */
	NUMBER,
	SECOND,
	PLACE, /* where the telephone stands */
	GUARDIAN,
	NAME,
	PART,
	AND, /* joins two parts */
	PERSON,
	FILL,
	SENSES
};

enum { WORD_MAX = 48 };

static const char *const words[SENSES][64] = {
    [PHONE] = {"phone", "phones", "telephone", "tel", "mobile", "mob", "ph", "cell",
	"cellphone", "whatsapp", "whats", "phoneno", "phonenumber", "mobileno", "mobilenumber",
	"telefono", "movil", "celular", "tfno", "telephones", "portable", "telefon",
	"telefonnummer", "telefonnr", "rufnummer", "handy", "handynummer", "handynr", "mobil",
	"mobilnummer", "mobilnr", "mobiltelefon", "फोन", "मोबाइल", "मोबाईल", "टेलीफोन", "दूरभाष"},
    [CONTACT] = {"contact", "contacto", "kontakt", "संपर्क", "सम्पर्क"},
    [NUMBER] = {"number", "no", "num", "nos", "numbers", "#", "n", "numero", "nro", "nummer",
	"nr", "नंबर", "नम्बर", "संख्या"},
    [SECOND] = {"alternate", "alternative", "alt", "secondary", "second", "other", "another",
	"additional", "otro", "otra", "autre", "andere", "zweite", "weitere", "वैकल्पिक", "अन्य"},
    [PLACE] = {"home", "work", "office", "landline", "residence", "res", "personal", "casa",
	"trabajo", "domicile", "bureau", "privat", "buro", "festnetz", "app"},
    [GUARDIAN] = {"parent", "parents", "father", "fathers", "mother", "mothers", "guardian",
	"guardians", "padre", "madre", "padres", "tutor", "pere", "mere", "tuteur", "vater",
	"mutter", "eltern", "पिता", "माता", "अभिभावक"},
    [NAME] = {"name", "fullname", "studentname", "patientname", "person", "nombre", "nom",
	"schulername", "नाम"},
    [PART] = {"first", "last", "given", "family", "surname", "firstname", "lastname",
	"apellido", "apellidos", "prenom", "famille", "vor", "vorname", "nachname",
	"familienname", "zuname", "उपनाम"},
    [AND] = {"and", "&", "y", "et", "und"},
    [PERSON] = {"student", "students", "candidate", "applicant", "pupil", "learner",
	"participant", "patient", "customer", "client", "member", "child", "beneficiary",
	"alumno", "alumna", "estudiante", "paciente", "cliente", "eleve", "etudiant",
	"etudiante", "schuler", "schulers", "schulerin", "patienten", "kunde", "kunden", "छात्र",
	"छात्रा", "विद्यार्थी", "मरीज"},
    [FILL] = {"of", "the", "s", "full", "complete", "main", "primary", "preferred", "your",
	"digit", "digits", "de", "del", "la", "el", "du", "des", "l", "d", "le", "completo",
	"complet", "principal", "der", "die", "das", "vollstandiger", "का", "की", "के"},
};

/* ---- words ------------------------------------------------------------------- */

struct reader {
	const char *p, *end;
	char word[WORD_MAX + 1];
	size_t len;
};

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A Latin letter with an accent (U+00C0 to U+00FF) without it; '\0' for what is no letter. */
static char
without_accent(unsigned char second)
{
	static const char plain[] = "aaaaaaaceeeeiiii"
				    "dnooooo\0ouuuuy\0s"
				    "aaaaaaaceeeeiiii"
				    "dnooooo\0ouuuuy\0y";

	return plain[second & 0x3f];
}

enum { SEPARATES, BELONGS, VANISHES };

/*
 * Looks at the character of several bytes at r->p: whether it ends a word, and what of it, if
 * anything, the word gets (*n bytes at p).
 */
static int
look_wide(const struct reader *r, size_t len, char out[4], size_t *n)
{
	const unsigned char *p = (const unsigned char *)r->p;

	memcpy(out, r->p, len);
	*n = len;
	if (len == 2 && p[0] == 0xc3) {
		*n = 1;
		return (out[0] = without_accent(p[1])) ? BELONGS : SEPARATES;
	}
	if (len == 2)
		return SEPARATES; /* no-break space, ordinal signs and the like */
	/* The dot that marks f in Devanagari, and joiners, are written or not as one likes. */
	if (!memcmp(p, "\xe0\xa4\xbc", 3) || !memcmp(p, "\xe2\x80\x8b", 3) ||
	    !memcmp(p, "\xe2\x80\x8c", 3) || !memcmp(p, "\xe2\x80\x8d", 3))
		return VANISHES;
	if (!memcmp(p, "\xe0\xa5\x9e", 3))
		memcpy(out, "\xe0\xa4\xab", 3);
	return p[0] == 0xe0 && (p[1] == 0xa4 || p[1] == 0xa5) ? BELONGS : SEPARATES;
}

/* Whether a word ends between two plain letters: StudentName, Phone1. */
static bool
turns(char last, char c)
{
	return last && ((is_lower(last) && is_upper(c)) || is_digit(last) != is_digit(c));
}

/* A word that is too long stays cut, and so unknown. */
static void
add(struct reader *r, const char *p, size_t len)
{
	if (r->len + len <= WORD_MAX)
		memcpy(r->word + r->len, p, len);
	else
		len = 0;
	r->len += len;
}

/* The next word, in lower case and without accents; false at the end. */
static bool
next_word(struct reader *r)
{
	char last = '\0', wide[4];

	r->len = 0;
	while (r->p < r->end) {
		char c = *r->p, small = is_upper(c) ? (char)(c + 32) : c;
		size_t len = utf8_multi(r->p, (size_t)(r->end - r->p)), n;
		int how = SEPARATES;

		if (len) {
			how = look_wide(r, len, wide, &n);
			last = '\0';
		} else if (is_lower(small) || is_digit(c)) {
			if (turns(last, c))
				break;
			wide[0] = small;
			n = 1;
			how = BELONGS;
			last = c;
		} else if ((c == '#' || c == '&') && !r->len) {
			add(r, r->p++, 1);
			break;
		}
		if (how == SEPARATES && r->len)
			break;
		if (how == BELONGS)
			add(r, wide, n);
		r->p += len ? len : 1;
	}
	r->word[r->len] = '\0';
	return r->len > 0;
}

static enum sense
sense_of(const char *word)
{
	if (is_digit(*word))
		return strlen(word) <= 2 ? FILL : UNKNOWN;
	for (int c = PHONE; c < SENSES; c++)
		for (int i = 0; words[c][i]; i++)
			if (!strcmp(words[c][i], word))
				return (enum sense)c;
	return UNKNOWN;
}

/* ---- a name -------------------------------------------------------------------- */

#define BIT(sense) (1u << (sense))

/* Whether nothing but these is among the words. */
static bool
only(unsigned seen, unsigned allowed)
{
	return !(seen & ~allowed);
}

static enum header_kind
as_phone(unsigned seen, int *rank)
{
	bool number = seen & BIT(NUMBER), contact = seen & BIT(CONTACT);

	if (!only(seen,
		BIT(PHONE) | BIT(CONTACT) | BIT(NUMBER) | BIT(SECOND) | BIT(PLACE) |
		    BIT(GUARDIAN) | BIT(PERSON) | BIT(FILL) | BIT(AND)))
		return HEADER_NONE;
	*rank = seen & BIT(GUARDIAN) ? 3 : seen & BIT(SECOND) ? 2 : 1;
	if (seen & BIT(PHONE) || (contact && number))
		return HEADER_PHONE;
	*rank = 3;
	/* "Contact", "Student Contact", and "Number" alone: a roll number says so. */
	if (contact)
		return HEADER_PHONE;
	return seen == BIT(NUMBER) ? HEADER_PHONE : HEADER_NONE;
}

static enum header_kind
as_name(unsigned seen, int *rank)
{
	if (!only(seen,
		BIT(NAME) | BIT(PART) | BIT(AND) | BIT(PERSON) | BIT(FILL) | BIT(CONTACT)))
		return HEADER_NONE;
	*rank = seen & BIT(CONTACT) ? 2 : 1;
	if (seen & BIT(PART))
		return seen & BIT(AND) ? HEADER_NAME : HEADER_PART;
	if (seen & BIT(NAME))
		return HEADER_NAME;
	*rank = 2;
	return seen & BIT(PERSON) && !(seen & BIT(CONTACT)) ? HEADER_NAME : HEADER_NONE;
}

enum header_kind
header_kind(struct slice name, int *rank)
{
	struct reader r = {.p = name.p, .end = name.p + name.len};
	unsigned seen = 0;

	*rank = 0;
	while (next_word(&r))
		seen |= BIT(sense_of(r.word));
	if (seen & BIT(UNKNOWN))
		return HEADER_NONE;
	/* "No" and "Nr" alone count rows. */
	if (seen == BIT(NUMBER) && name.len < 6)
		return HEADER_NONE;
	return seen & (BIT(NAME) | BIT(PART) | BIT(PERSON)) &&
		!(seen & (BIT(PHONE) | BIT(NUMBER))) &&
		(seen & (BIT(NAME) | BIT(PART)) || !(seen & BIT(CONTACT)))
	    ? as_name(seen, rank)
	    : as_phone(seen, rank);
}

/* ---- fields by their own names ---------------------------------------------------- */

enum header_field
header_field_of(struct slice name)
{
	static const char *const fields[HEADER_FIELDS] = {
	    "id", "timezone", "language", "priority"};
	struct reader r = {.p = name.p, .end = name.p + name.len};
	char text[WORD_MAX];
	size_t len = 0;
	int i = 0;

	while (next_word(&r)) {
		if (len + r.len >= sizeof(text))
			return HEADER_FIELDS;
		memcpy(text + len, r.word, r.len);
		len += r.len;
	}
	text[len] = '\0';
	while (i < HEADER_FIELDS && strcmp(text, fields[i]))
		i++;
	return (enum header_field)i;
}

/* ---- who must not be called, and who may ------------------------------------------ */

/* In the order of enum header_wish; without the words around them. */
static const char *const wishes[][128] = {
    [HEADER_NOT_TO_CALL] = {"do not call", "dont call", "don t call", "donotcall",
	"do not contact", "dont contact", "don t contact", "do not phone", "do not dial",
	"do not disturb", "do not solicit", "never call", "never contact", "no call",
	"no calls", "no more calls", "dnc", "dnd", "ndnc", "ndncr", "not to be called",
	"not to call", "not to be contacted", "not to contact", "stop calling", "stop calls",
	"do not ring", "dont ring", "don t ring", "wants no calls", "refuses calls",
	"refused calls", "declines calls", "declined calls", "opt out", "opted out", "optout",
	"optedout", "opt out calls", "opted out calls", "call opt out", "calls opt out",
	"phone opt out", "voice opt out", "unsubscribe", "unsubscribed", "blacklist",
	"blacklisted", "blocked", "blocklist", "blocklisted", "call blocked", "calls blocked",
	"blocked calls", "removed", "remove", "suppress", "suppressed", "suppression",
	"excluded calls", "call not allowed", "calls not allowed", "not allowed to call",
	"may not call", "may not be called", "must not call", "must not be called",
	"cannot call", "cannot be called", "not ok to call", "no permission",
	"no permission to call", "no consent", "consent revoked", "revoked consent",
	"consent withdrawn", "no llamar", "no llame", "no contactar", "no molestar",
	"no volver a llamar", "bloqueado", "bloqueada", "lista robinson", "sin consentimiento",
	"sin permiso", "ne pas appeler", "ne pas contacter", "ne pas deranger",
	"ne plus appeler", "ne plus contacter", "bloctel", "bloque", "desabonne", "desinscrit",
	"nicht anrufen", "nicht mehr anrufen", "nicht kontaktieren", "keine anrufe",
	"keine werbeanrufe", "anrufsperre", "werbesperre", "kontaktsperre", "sperrvermerk",
	"gesperrt", "blockiert", "werbewiderspruch", "robinsonliste", "keine einwilligung",
	"anruf verboten", "कॉल न करें", "कॉल ना करें", "कॉल नहीं करना", "फोन न करें", "फोन ना करें",
	"फोन नहीं करना", "संपर्क न करें", "ब्लॉक", NULL},
    [HEADER_MAY_CALL] = {"call allowed", "calls allowed", "calling allowed", "call permitted",
	"calls permitted", "allow call", "allow calls", "allows calls", "allowed to call",
	"permitted to call", "may call", "may be called", "may we call", "can call",
	"can be called", "can we call", "ok to call", "okay to call", "call ok", "calls ok",
	"ok to contact", "okay to contact", "ok to phone", "contact ok", "may contact",
	"may be contacted", "can contact", "can be contacted", "allow contact",
	"contact allowed", "callable", "contactable", "permission", "permission to call",
	"permission to contact", "call permission", "calling permission", "contact permission",
	"consent", "consent to call", "consent to calls", "consent to contact",
	"consent to be called", "call consent", "calling consent", "contact consent",
	"phone consent", "voice consent", "consent given", "consented", "opt in", "opted in",
	"optin", "optedin", "call opt in", "calls opt in", "phone opt in", "voice opt in",
	"subscribed", "wants calls", "accepts calls", "agrees to calls", "agreed to calls",
	"willing to be called", "happy to be called", "permiso", "permiso llamar",
	"permiso para llamar", "llamada permitida", "llamadas permitidas", "se puede llamar",
	"puede llamar", "consentimiento", "autorizacion", "autoriza llamadas",
	"acepta llamadas", "appel autorise", "appels autorises", "autorisation",
	"autorisation d appel", "consentement", "accepte les appels", "accord d appel",
	"anruf erlaubt", "anrufe erlaubt", "anruf ok", "darf angerufen werden",
	"kontakt erlaubt", "einwilligung", "werbeeinwilligung", "einverstanden",
	"einverstandnis", "zustimmung", "अनुमति", "कॉल की अनुमति", "फोन की अनुमति", "सहमति", NULL},
};
/* What may stand around them, and says nothing. */
static const char *const around[] = {"is", "has", "on", "of", "from", "the", "flag", "status",
    "list", "registry", "register", "request", "requested", "date", "since", "please", "bitte",
    NULL};
static const char *const yes[] = {"yes", "y", "ja", "j", "oui", "o", "si", "s", NULL};
static const char *const no[] = {"no", "n", "nein", "non", NULL};

static bool
is_among(const char *const *list, const char *text)
{
	while (*list && strcmp(*list, text))
		list++;
	return *list;
}

/* The words that say something, with a space between: not "(yes/no)". False: they are too many. */
static bool
bare_words(struct slice name, char text[2 * WORD_MAX])
{
	struct reader r = {.p = name.p, .end = name.p + name.len};
	bool asks = false;
	size_t len = 0;

	while (next_word(&r)) {
		bool choice = is_among(yes, r.word) || (asks && is_among(no, r.word));

		asks = is_among(yes, r.word);
		if (choice || is_among(around, r.word))
			continue;
		if (len + r.len + 2 > 2 * WORD_MAX)
			return false;
		if (len)
			text[len++] = ' ';
		memcpy(text + len, r.word, r.len);
		len += r.len;
	}
	text[len] = '\0';
	return true;
}

enum header_wish
header_wish(struct slice name)
{
	char text[2 * WORD_MAX];
	int wish = HEADER_MAY_CALL;

	if (!bare_words(name, text))
		return HEADER_NO_WISH;
	while (wish > HEADER_NO_WISH && !is_among(wishes[wish], text))
		wish--;
	return (enum header_wish)wish;
}

/* ---- a header ------------------------------------------------------------------ */

static void
suggest_phones(const struct slice *name, size_t n, struct header_guess *g)
{
	int worst = 2;

	for (int want = 1; want <= worst; want++) {
		for (size_t i = 0; i < n; i++) {
			int rank;

			if (header_kind(name[i], &rank) == HEADER_PHONE && rank == want &&
			    g->phones < CONTACT_PHONES)
				g->phone[g->phones++] = i;
		}
		/* A guardian's number is the person's only if there is no other. */
		if (want == 2 && !g->phones)
			worst = 3;
	}
}

/* Of a part of a name: whether it comes first. */
static bool
comes_first(struct slice name)
{
	static const char *const first[] = {
	    "first", "given", "firstname", "prenom", "vor", "vorname", NULL};
	struct reader r = {.p = name.p, .end = name.p + name.len};
	bool is = false;

	while (next_word(&r))
		for (int i = 0; first[i]; i++)
			is |= !strcmp(first[i], r.word);
	return is;
}

static void
suggest_parts(const struct slice *name, size_t n, struct header_guess *g)
{
	size_t firsts = 0, lasts = 0;
	int rank;

	for (size_t i = 0; i < n; i++) {
		if (header_kind(name[i], &rank) != HEADER_PART)
			continue;
		if (comes_first(name[i])) {
			firsts++;
			g->part[0] = i;
		} else {
			lasts++;
			g->part[1] = i;
		}
	}
	g->parts = firsts == 1 && lasts == 1 ? 2 : 0;
}

static void
suggest_name(const struct slice *name, size_t n, struct header_guess *g)
{
	int best = 3;

	for (size_t i = 0; i < n; i++) {
		int rank;
		enum header_kind kind = header_kind(name[i], &rank);

		g->split |= kind == HEADER_PART;
		if (kind != HEADER_NAME || rank > best)
			continue;
		if (rank < best) {
			best = rank;
			g->names = 0;
		}
		if (!g->names++)
			g->name = i;
	}
	/* A "Name" beside a "First Name" is the rest of it. */
	if (g->split)
		g->names = 0;
	suggest_parts(name, n, g);
}

static void
suggest_fields(const struct slice *name, size_t n, struct header_guess *g)
{
	for (size_t i = 0; i < n; i++) {
		enum header_field field = header_field_of(name[i]);

		if (field < HEADER_FIELDS && !g->fields[field]++)
			g->field[field] = i;
	}
}

void
header_suggest(const struct slice *name, size_t n, struct header_guess *g)
{
	*g = (struct header_guess){0};
	suggest_phones(name, n, g);
	suggest_name(name, n, g);
	suggest_fields(name, n, g);
	for (size_t i = 0; i < n && g->wishes < HEADER_WISHES; i++)
		if ((g->wish[g->wishes].kind = header_wish(name[i])))
			g->wish[g->wishes++].column = i;
}

bool
header_likely(const struct slice *name, size_t n)
{
	size_t phones = 0, filled = 0;

	for (size_t i = 0; i < n; i++) {
		size_t digits = 0;
		int rank;

		for (size_t j = 0; j < name[i].len; j++)
			digits += is_digit(name[i].p[j]);
		if (digits >= 6)
			return false;
		filled += name[i].len > 0;
		phones += slice_is(name[i], "phone") ||
		    (header_kind(name[i], &rank) == HEADER_PHONE && rank < 3);
	}
	return phones && filled > 1;
}
