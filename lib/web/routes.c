/*
 * routes: every path that is answered, in one table (outreach-http(5)).
 */
#include "mem.h"
#include "web_parts.h"

enum { WEBHOOK_MAX = 256 << 10 }; /* bytes; a whole transcript fits */

enum { EVERYWHERE = FACE_AVR | FACE_PEOPLE | FACE_INSIDE };

#define JSON "application/json"

const struct route web_routes[] = {
    {"/healthz", METHOD_GET, EVERYWHERE, AUTH_NONE, 0, NULL, alive_healthz, NULL, NULL},
    {"/readyz", METHOD_GET, EVERYWHERE, AUTH_NONE, 0, NULL, alive_readyz, NULL, NULL},
    {"/api/webhooks/avr-events", METHOD_POST, FACE_AVR, AUTH_SECRET, WEBHOOK_MAX, JSON,
	webhook_read, webhook_apply, NULL},
    {"/api/webhooks/call-events", METHOD_POST, FACE_AVR, AUTH_SECRET, WEBHOOK_MAX, JSON,
	webhook_read, webhook_apply, NULL},
    {"/events", METHOD_POST, FACE_AVR, AUTH_SECRET, WEBHOOK_MAX, JSON, webhook_read,
	webhook_apply, NULL},
    {"/api/context", METHOD_GET, FACE_AVR, AUTH_NONE, 0, NULL, context_get, NULL, context_find},
    {"/api/v1/context/openai-system-instructions", METHOD_GET, FACE_AVR, AUTH_NONE, 0, NULL,
	context_get, NULL, context_find},
};

const size_t web_route_count = COUNT(web_routes);
