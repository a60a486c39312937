/*
 * routes: every path that is answered, in one table (outreach-http(5)).
 */
#include "api.h"
#include "mem.h"
#include "web_parts.h"

enum { WEBHOOK_MAX = 256 << 10 }; /* bytes; a whole transcript fits */

enum { EVERYWHERE = FACE_AVR | FACE_PEOPLE | FACE_INSIDE };

enum { BODY_MAX = 64 << 10, CAMPAIGN_MAX = 1 << 20, UPLOAD_MAX = 64 << 20 };

#define JSON "application/json"

#define API(path) "/api/v1/" path
/* Who looks, and who acts; a body is JSON. */
#define LOOK(path, serve)                                                                   \
	{                                                                                   \
		API(path), METHOD_GET, FACE_PEOPLE, AUTH_VIEWER, 0, NULL, NULL, NULL, serve \
	}
#define ACT(method, path, serve)                                                           \
	{                                                                                  \
		API(path), method, FACE_PEOPLE, AUTH_OPERATOR, BODY_MAX, JSON, NULL, NULL, \
		    serve                                                                  \
	}

const struct route web_routes[] = {
    {"/healthz", METHOD_GET, EVERYWHERE, AUTH_NONE, 0, NULL, alive_healthz, NULL, NULL},
    {"/readyz", METHOD_GET, EVERYWHERE, AUTH_NONE, 0, NULL, alive_readyz, NULL, NULL},
    {"/metrics", METHOD_GET, FACE_PEOPLE, AUTH_VIEWER, 0, NULL, NULL, NULL, metrics_get},
    {"/api/webhooks/avr-events", METHOD_POST, FACE_AVR, AUTH_SECRET, WEBHOOK_MAX, JSON,
	webhook_read, webhook_apply, NULL},
    {"/api/webhooks/call-events", METHOD_POST, FACE_AVR, AUTH_SECRET, WEBHOOK_MAX, JSON,
	webhook_read, webhook_apply, NULL},
    {"/events", METHOD_POST, FACE_AVR, AUTH_SECRET, WEBHOOK_MAX, JSON, webhook_read,
	webhook_apply, NULL},
    {"/api/context", METHOD_GET, FACE_AVR | FACE_PEOPLE, AUTH_NONE, 0, NULL, context_get, NULL,
	context_find},
    {"/api/v1/context/openai-system-instructions", METHOD_GET, FACE_AVR | FACE_PEOPLE,
	AUTH_NONE, 0, NULL, context_get, NULL, context_find},
    {"/prompt-stream", METHOD_POST, FACE_AVR, AUTH_NONE, WEBHOOK_MAX, JSON, speech_read, NULL,
	speech_ask},
    {"/api/openapi.json", METHOD_GET, FACE_PEOPLE, AUTH_NONE, 0, NULL, openapi_get, NULL, NULL},
    {"/", METHOD_GET, FACE_PEOPLE, AUTH_NONE, 0, NULL, page_index, NULL, NULL},
    {"/page/{file}", METHOD_GET, FACE_PEOPLE, AUTH_NONE, 0, NULL, page_file, NULL, NULL},
    LOOK("status", status_show),
    LOOK("campaigns", campaign_list),
    {API("campaigns"), METHOD_POST, FACE_PEOPLE, AUTH_OPERATOR, CAMPAIGN_MAX, NULL,
	campaign_read, NULL, campaign_create},
    LOOK("campaigns/{name}", campaign_show),
    ACT(METHOD_POST, "campaigns/{name}/activate", campaign_activate),
    ACT(METHOD_POST, "campaigns/{name}/pause", campaign_pause),
    ACT(METHOD_POST, "campaigns/{name}/resume", campaign_resume),
    ACT(METHOD_POST, "campaigns/{name}/cancel", campaign_cancel),
    LOOK("campaigns/{name}/progress", campaign_progress),
    LOOK("campaigns/{name}/targets", campaign_targets),
    ACT(METHOD_POST, "campaigns/{name}/targets", campaign_add),
    ACT(METHOD_PATCH, "campaigns/{name}/targets/{id}", target_change),
    {"/api/voice/campaign/start", METHOD_POST, FACE_PEOPLE, AUTH_OPERATOR, CAMPAIGN_MAX, JSON,
	NULL, NULL, plan_start},
    LOOK("calls", call_list),
    LOOK("calls/{id}", call_show),
    LOOK("calls/{id}/events", call_events),
    ACT(METHOD_POST, "calls/{id}/hangup", call_ask_hangup),
    LOOK("journal", journal_list),
    LOOK("contacts", person_list),
    ACT(METHOD_POST, "contacts", person_add),
    LOOK("contacts/export", person_export),
    {API("contacts/import"), METHOD_POST, FACE_PEOPLE, AUTH_OPERATOR, UPLOAD_MAX, NULL,
	upload_read, NULL, upload_import},
    LOOK("contacts/{id}", person_show),
    ACT(METHOD_PATCH, "contacts/{id}", person_change),
    ACT(METHOD_DELETE, "contacts/{id}", person_delete),
    LOOK("dnc", dnc_list_rules),
    ACT(METHOD_POST, "dnc", dnc_add_rule),
    ACT(METHOD_DELETE, "dnc", dnc_remove_rule),
    LOOK("dnc/check", dnc_check),
    {"/ws", METHOD_GET, FACE_PEOPLE, AUTH_NONE, 0, NULL, ws_open, NULL, NULL},
    {API("live"), METHOD_GET, FACE_PEOPLE, AUTH_VIEWER, 0, NULL, live_open, NULL,
	live_open_ahead},
};

const size_t web_route_count = COUNT(web_routes);
