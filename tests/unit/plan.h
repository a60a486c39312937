/*
 * plan: what a campaign of a test must say and no test asks about.
 */
#ifndef PLAN_H
#define PLAN_H

#define PLAN_REST                                                                                    \
	"\"exchange\":\"sim\",\"dial_string\":\"PJSIP/{phone}@trunk\",\"dialplan_context\":\"avr\"," \
	"\"caller_id\":\"+442079460000\",\"ring_timeout\":\"20s\",\"max_duration\":\"5m\""
/* And may be called at any time. */
#define PLAN_ALWAYS "\"days\":\"mon-sun\",\"hours\":\"00:00-24:00\"," PLAN_REST

#endif
