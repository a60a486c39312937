/*
 * llm: outreach-sim llm, the simulated chat API.
 */
#ifndef SIM_LLM_H
#define SIM_LLM_H

/* argv[0] is the verb. The exit status. */
int sim_llm(int argc, char **argv);

extern const char sim_llm_usage[];

#endif
