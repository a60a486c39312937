/*
 * usage: the exchange's options, as the manual has them.
 */
#include "usage.h"

const char sim_usage[] =
    "usage: outreach-sim [-b] [--astdb file [--astdb-late]] [--avr url [--avr-secret-file file]]\n"
    "                    [--die-after n] [--http host:port] [--http-fault word[:n]]\n"
    "                    [--http-idempotent] [--http-port-file file] [--http-secret-file file]\n"
    "                    [-l host:port] [--log file] [--max-calls n] [--mix file]\n"
    "                    [--pid-file file] [--port-file file] [--secret-file file] [--seed n]\n"
    "                    [--silent-after n] [--talk duration] [--user name] [--webhook url]\n"
    "                    [--webhook-secret-file file]\n";
