/*
 * speech: POST /prompt-stream, in the place of AVR's connectors to language
 * models (avr-llm-*) for who has speech recognition, model and voice apart:
 * what was said so far goes to the model behind this call's own context, and
 * the answer comes back as it is made.
 */
#ifndef SPEECH_H
#define SPEECH_H

struct fault;
struct request;
struct speeches;
struct web;

struct speeches *speeches_new(struct web *, struct fault *); /* null: fault */
/* Once no request is left. */
void speeches_free(struct speeches *);
/* Ends all answers that are under way. */
void speeches_end(struct speeches *);
/* In the main loop, some times a second: models that say nothing. */
void speeches_tick(struct speeches *);

/* In the HTTP thread, then in the main loop. */
void speech_read(struct request *);
int speech_ask(struct request *, struct fault *);

#endif
