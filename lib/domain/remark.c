/*
 * remark: the phrases, and the beginnings of words of which each of them has
 * one, so that a cell of a sheet mostly costs a look at its letters.
 */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "optout.h"
#include "rand.h"
#include "remark.h"

struct remark {
	struct optout *phrases;
	uint64_t silent[1024]; /* hashes of texts that say nothing: sheets repeat themselves */
};

/* clang-format off */
#define WHEN "before|after|until|till|at|on|in|between|during|from|while|when|if|unless|without|now|right_now|today|tonight|tomorrow|early|late|this"
static const char words[] =
"~ pl|pls|plz|please|kindly|strictly|note|remark|remarks|status|yes|y|customer|student|parent|parents|client|patient|bitte|por_favor|svp\n"
"[en]\n"
"= dnc|dnd|ndnc|ndncr|donotcall|opted_out|opt_out|optout|opted_out_of_calls|unsubscribed|blacklisted\n"
"= no_calls|no_call|no_more_calls|not_callable|calls_blocked|call_blocked|do_not_solicit\n"
"dnc|ndnc\n"
"dnd * list|registry|register|registered|activated|active|yes|requested|request|please\n"
"on|in|under * dnc|ndnc|dnd\n"
"do_not|dont|never|must_not|should_not|shouldnt|may_not|cannot|not_to|not_be|not_ok_to|not_allowed_to call|called|contact|contacted|phone|phoned|ring|dial|disturb|be_called|be_contacted|be_phoned|be_disturbed\n"
"do_not|dont|never|not_to|not_be call|called|contact|contacted|phone|phoned|disturb|be_called|be_contacted * again|anymore|any_more|ever|any_longer|at_all|in_future|in_the_future|further_notice|on_this|at_this_number\n"
"asked|asks|requested|requests|wants|wanted|wishes|wished|prefers|insists|said|says|told|instructed|demands|demanded|request|wish * no|zero|not_get|not_receive|stop|stopping|stopped|end * call|calls|called|calling|contact|contacted|phone|phoned|ringing|disturbed\n"
"does_not|doesnt|do_not|dont want|wish|like * call|calls|called|calling|contact|contacted|phone_calls\n"
"no more|further call|calls|calling|contact\n"
"stop calling|calls|contacting|phoning\n"
"opted|opts|opt|opting out * call|calls|calling|contact|communication|communications|list|phone|voice\n"
"call|calls|calling|phone|voice opt_out|optout|opted_out\n"
"refused|refuses|declined|declines|objected|objects|rejected * be_called|being_called|be_contacted|being_contacted|further_calls|all_calls|any_calls|future_calls|more_calls|calls_from\n"
"withdrew|withdrawn|withdraws|revoked|revokes * consent|permission\n"
"consent|permission withdrawn|revoked|refused|denied|not_given\n"
"no consent|permission * call|calls|contact|phone\n"
"remove|removed|delete|take * call|calling|phone|contact list|lists\n"
"- no|non|not|never|was|was_in|was_on * dnc|dnd|ndnc\n"
"- dnc|dnd|ndnc no|none|false|removed|lifted|cleared|over|inactive|deactivated\n"
"- do_not|dont|never|must_not|should_not|shouldnt|may_not|cannot|not_to|not_be call|called|contact|contacted|phone|phoned|ring|dial|disturb|be_called|be_contacted|be_phoned|be_disturbed " WHEN "\n"
"- asked|asks|requested|requests|wants|wanted|prefers|said|says|told * not_to|no|not call|calls|be_called|called|contact|phone " WHEN "\n"
"- does_not|doesnt|do_not|dont want|wish|like * call|calls|called|calling " WHEN "\n"
"- why|whether|if * do_not|dont|did_not|didnt|never call|called|contact\n"
"[hi]\n"
"कॉल|काल|फोन|संपर्क नहीं|नही|न|ना|मत करना|करें|करे|करो|कीजिए|कीजिये|करने|चाहते|चाहता|चाहती|चाहिए|चाहिये\n"
"call|phone|contact nahi|nahin|nhi|na|mat|mt karna|karein|karen|kare|karo|kijiye|karne|chahte|chahta|chahti|chahiye\n"
"- पहले|बाद|बजे|अभी|आज * कॉल|फोन नहीं|नही|न|ना|मत\n"
"- pehle|pahle|baad|baje|abhi|aaj * call|phone nahi|nahin|nhi|na|mat|mt\n"
"[es]\n"
"no llamar|llame|llamen|llamarle|llamarla|contactar|contactarle|molestar|volver_a_llamar\n"
"no quiere|quieren|desea|desean|queria|acepta * llamada|llamadas|llamen|llame|llamemos|contacten|contactemos|llamado|llamada|contactado\n"
"- no llamar|llame|llamen|llamarle|contactar|molestar antes|despues|hasta|los|las|el|en|por|a_las|entre|hoy|ahora|manana|cuando|si\n"
"[fr]\n"
"ne pas|plus|jamais appeler|l'appeler|rappeler|contacter|telephoner|deranger|le_contacter|la_contacter|l'appeler\n"
"veut|souhaite|desire|veulent|souhaitent|accepte plus|pas * appel|appels|d'appel|d'appels|appele|appelee|contacte|contactee|derange|derangee|qu'on_l'appelle\n"
"- ne pas|plus appeler|rappeler|contacter|telephoner|deranger avant|apres|le|pendant|entre|a|au|aujourd'hui|maintenant|demain|quand|si\n"
"[de]\n"
"nicht|nie|niemals|nicht_mehr|nie_mehr|nie_wieder|nicht_wieder anrufen|anzurufen|kontaktieren|zu_kontaktieren|telefonieren\n"
"will|mochte|wunscht|wollen|mochten|wunschen|bittet_um * keine|nicht * anrufe|anruf|angerufen|kontaktiert|kontakt\n"
"keine anrufe|werbeanrufe|weiteren_anrufe|telefonanrufe|telefonwerbung\n"
"anrufsperre|werbesperre|kontaktsperre|sperrvermerk\n"
"- vor|nach|am|bis|zwischen|heute|jetzt|morgens|abends|mittags|sonntags|samstags * nicht|keine anrufen|anzurufen|kontaktieren|anrufe\n"
"- nicht|nie anrufen|kontaktieren vor|nach|am|bis|zwischen|heute|jetzt|wenn\n";
/* clang-format on */

struct remark *
remark_new(void)
{
	struct remark *r = xcalloc(1, sizeof *r);
	struct fault ignored; /* a unit test sees that there is none */

	r->phrases = optout_new(false);
	(void)optout_add(r->phrases, "remarks", words, strlen(words), &ignored);
	return r;
}

void
remark_free(struct remark *r)
{
	if (!r)
		return;
	optout_free(r->phrases);
	free(r);
}

bool
remark_says(struct remark *r, const char *text, size_t len)
{
	uint64_t hash = hash64(text, len, 1), *silent = &r->silent[hash % COUNT(r->silent)];

	if (*silent == hash)
		return false;
	if (optout_says(r->phrases, text, len, NULL))
		return true;
	*silent = hash;
	return false;
}

#define BEGINS(a, b, c) ((unsigned)(a) << 16 | (unsigned)(b) << 8 | (unsigned)(c))

/* Of three bytes, letters in lower case. */
static bool
begins(unsigned word)
{
	switch (word) {
	case BEGINS('c', 'a', 'l'):
	case BEGINS('c', 'o', 'n'): /* contact, consent */
	case BEGINS('p', 'h', 'o'):
	case BEGINS('r', 'i', 'n'):
	case BEGINS('d', 'i', 'a'):
	case BEGINS('d', 'i', 's'):
	case BEGINS('d', 'n', 'c'):
	case BEGINS('d', 'n', 'd'):
	case BEGINS('n', 'd', 'n'):
	case BEGINS('d', 'o', 'n'): /* donotcall */
	case BEGINS('o', 'p', 't'):
	case BEGINS('u', 'n', 's'):
	case BEGINS('b', 'l', 'a'): /* blacklisted */
	case BEGINS('p', 'e', 'r'): /* permission */
	case BEGINS('l', 'l', 'a'): /* llamar */
	case BEGINS('m', 'o', 'l'): /* molestar */
	case BEGINS('a', 'p', 'p'): /* appeler */
	case BEGINS('l', 'a', 'p'):
	case BEGINS('r', 'a', 'p'):
	case BEGINS('t', 'e', 'l'):
	case BEGINS('t', 0xc3 | 32, 0xa9):
	case BEGINS('d', 'e', 'r'): /* deranger */
	case BEGINS('d', 0xc3 | 32, 0xa9):
	case BEGINS('a', 'n', 'r'): /* anrufen */
	case BEGINS('a', 'n', 'g'):
	case BEGINS('a', 'n', 'z'):
	case BEGINS('k', 'o', 'n'):
	case BEGINS('w', 'e', 'r'): /* Werbesperre */
	case BEGINS('w', 'e', 'i'):
	case BEGINS('s', 'p', 'e'):
	case BEGINS(0xe0, 0xa4, 0x95): /* क */
	case BEGINS(0xe0, 0xa4, 0xab): /* फ */
	case BEGINS(0xe0, 0xa5, 0x9e): /* फ़ */
	case BEGINS(0xe0, 0xa4, 0xb8): /* स */ return true;
	default: return false;
	}
}

bool
remark_may(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;
	bool inside = false; /* a word */

	for (size_t i = 0; i + 2 < len; i++) {
		bool letter = (unsigned)(p[i] | 32) - 'a' < 26 || p[i] >= 0x80;

		if (letter && !inside &&
		    begins(p[i] < 0x80 ? BEGINS(p[i] | 32, p[i + 1] | 32, p[i + 2] | 32)
				       : BEGINS(p[i], p[i + 1], p[i + 2])))
			return true;
		inside = letter;
	}
	return false;
}
