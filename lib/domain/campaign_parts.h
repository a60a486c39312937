/*
 * campaign_parts: how the parts of a campaign file read a key. For the files
 * of campaign alone.
 */
#ifndef CAMPAIGN_PARTS_H
#define CAMPAIGN_PARTS_H

#include "campaign.h"
#include "keys.h"

/* A text of at most 64 KiB without control characters; with lines, newlines and tabs are none. */
void campaign_text(struct keys *, const char *key, bool lines, char **out);
/* A text that compiles as a template. */
void campaign_template(struct keys *, const char *key, char **out);
void campaign_number(struct keys *, const char *key, int64_t min, int64_t max, int *out);
void campaign_duration(
    struct keys *, const char *key, int64_t min_ms, int64_t max_ms, int *out);
/* Whether it holds a control character; with lines, newlines and tabs are none. */
bool campaign_has_control(const char *, bool lines);

/* Each reads its key into the plan, or reports what is wrong through the keys. */

/* campaign_languages.c */
void campaign_voice(struct keys *, char **out);
void campaign_languages(struct keys *, struct plan *);
void campaign_languages_only(struct keys *, struct plan *);

/* campaign_dial.c */
void campaign_dial_string(struct keys *, struct plan *);
void campaign_caller_id(struct keys *, struct plan *);
/* standard: where the key is not there. */
void campaign_dialplan_word(struct keys *, const char *key, const char *standard, char **out);
/* What may stand in a dial string. */
bool campaign_dial_char(char);

/* campaign_time.c */
void campaign_dates(struct keys *, struct plan *);
void campaign_days(struct keys *, struct plan *);
void campaign_hours(struct keys *, struct plan *);
void campaign_timezone(struct keys *, struct plan *);

/* campaign_wishes.c */
void campaign_dnc_lists(struct keys *, struct plan *);
void campaign_opt_out(struct keys *, struct plan *);
void campaign_consent(struct keys *, struct plan *);
void campaign_allow_numbers(struct keys *, struct plan *);

/* campaign_show.c: the way back to JSON. */

/* Nothing where the text is null. */
void campaign_set_text(json_t *, const char *key, const char *text);
/* A decimal of thousandths, as text: records hold no floats. Not negative. */
void campaign_set_milli(json_t *, const char *key, int64_t milli);

#endif
