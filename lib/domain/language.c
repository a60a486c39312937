/*
 * language: tags compared as RFC 5646 section 2.1.1 asks, without regard to case; and the names
 * by which people call the languages that are spoken most where people are called.
 */
#include <string.h>
#include <strings.h>

#include "language.h"

/* Without the last part, and without a singleton that would then stand last (x, u, ...). */
static size_t
cut(const char *tag, size_t len)
{
	do {
		while (len > 0 && tag[len - 1] != '-')
			len--;
		len -= len > 0;
	} while (len > 1 && tag[len - 2] == '-');
	return len;
}

int
language_lookup(const char *tag, const char *const *have, size_t n)
{
	for (size_t len = tag ? strlen(tag) : 0; len > 0; len = cut(tag, len))
		for (size_t i = 0; i < n; i++)
			if (strlen(have[i]) == len && strncasecmp(have[i], tag, len) == 0)
				return (int)i;
	return -1;
}

/* The tag first; then the name, the codes of ISO 639-2 that have one of two letters, further names. */
static const char *const names[][6] = {
    {"en", "English", "eng"},
    {"hi", "Hindi", "hin", "हिन्दी", "हिंदी"},
    {"es", "Spanish", "spa", "Español", "Castellano"},
    {"fr", "French", "fra", "fre", "Français"},
    {"de", "German", "deu", "ger", "Deutsch"},
    {"bn", "Bengali", "ben", "Bangla"},
    {"ta", "Tamil", "tam"},
    {"te", "Telugu", "tel"},
    {"mr", "Marathi", "mar"},
    {"gu", "Gujarati", "guj"},
    {"kn", "Kannada", "kan"},
    {"ml", "Malayalam", "mal"},
    {"pa", "Punjabi", "pan", "Panjabi"},
    {"ur", "Urdu", "urd"},
    {"or", "Odia", "ori", "Oriya"},
    {"as", "Assamese", "asm"},
    {"ne", "Nepali", "nep"},
    {"sd", "Sindhi", "snd"},
    {"ks", "Kashmiri", "kas"},
    {"sa", "Sanskrit", "san"},
    {"kok", "Konkani"},
    {"mai", "Maithili"},
    {"bho", "Bhojpuri"},
    {"si", "Sinhala", "sin", "Sinhalese"},
    {"zh", "Chinese", "zho", "chi", "Mandarin"},
    {"yue", "Cantonese"},
    {"ja", "Japanese", "jpn"},
    {"ko", "Korean", "kor"},
    {"vi", "Vietnamese", "vie"},
    {"th", "Thai", "tha"},
    {"id", "Indonesian", "ind"},
    {"ms", "Malay", "msa", "may"},
    {"fil", "Filipino"},
    {"tl", "Tagalog", "tgl"},
    {"km", "Khmer", "khm"},
    {"my", "Burmese", "mya", "bur"},
    {"ar", "Arabic", "ara"},
    {"fa", "Persian", "fas", "per", "Farsi"},
    {"ps", "Pashto", "pus"},
    {"he", "Hebrew", "heb"},
    {"tr", "Turkish", "tur"},
    {"ru", "Russian", "rus"},
    {"uk", "Ukrainian", "ukr"},
    {"pl", "Polish", "pol"},
    {"cs", "Czech", "ces", "cze"},
    {"sk", "Slovak", "slk", "slo"},
    {"sl", "Slovenian", "slv", "Slovene"},
    {"hr", "Croatian", "hrv"},
    {"sr", "Serbian", "srp"},
    {"bs", "Bosnian", "bos"},
    {"mk", "Macedonian", "mkd", "mac"},
    {"bg", "Bulgarian", "bul"},
    {"ro", "Romanian", "ron", "rum"},
    {"hu", "Hungarian", "hun"},
    {"sq", "Albanian", "sqi", "alb"},
    {"el", "Greek", "ell", "gre"},
    {"it", "Italian", "ita", "Italiano"},
    {"pt", "Portuguese", "por", "Português"},
    {"nl", "Dutch", "nld", "dut"},
    {"da", "Danish", "dan"},
    {"sv", "Swedish", "swe"},
    {"no", "Norwegian", "nor"},
    {"fi", "Finnish", "fin"},
    {"is", "Icelandic", "isl", "ice"},
    {"et", "Estonian", "est"},
    {"lv", "Latvian", "lav"},
    {"lt", "Lithuanian", "lit"},
    {"ga", "Irish", "gle"},
    {"cy", "Welsh", "cym", "wel"},
    {"ca", "Catalan", "cat"},
    {"eu", "Basque", "eus", "baq"},
    {"gl", "Galician", "glg"},
    {"ka", "Georgian", "kat", "geo"},
    {"hy", "Armenian", "hye", "arm"},
    {"kk", "Kazakh", "kaz"},
    {"uz", "Uzbek", "uzb"},
    {"sw", "Swahili", "swa"},
    {"am", "Amharic", "amh"},
    {"so", "Somali", "som"},
    {"ha", "Hausa", "hau"},
    {"yo", "Yoruba", "yor"},
    {"ig", "Igbo", "ibo"},
    {"zu", "Zulu", "zul"},
    {"xh", "Xhosa", "xho"},
    {"af", "Afrikaans", "afr"},
    {"ht", "Haitian", "hat"},
};

const char *
language_named(const char *p, size_t len)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		for (size_t j = 1; j < 6 && names[i][j]; j++)
			if (strlen(names[i][j]) == len && !strncasecmp(names[i][j], p, len))
				return names[i][0];
	return NULL;
}

bool
language_same(const char *a, const char *b)
{
	return strcasecmp(a ? a : "", b ? b : "") == 0;
}
