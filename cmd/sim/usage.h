/*
 * usage: what outreach-sim -h says.
 */
#ifndef USAGE_H
#define USAGE_H

extern const char sim_usage[];

#endif
