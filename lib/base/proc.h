/*
 * proc: finding a tool of ours and starting it as a child. Waiting for it is
 * the caller's: loop_signal(SIGCHLD) and proc_reap.
 */
#ifndef PROC_H
#define PROC_H

#include <stdbool.h>

#include <sys/types.h>

#include "fault.h"

/*
 * The path of the program NAME, heap: beside our own binary, where all of ours are, or on PATH. Null
 * if it is nowhere.
 */
char *proc_find(const char *name);

/*
 * Starts argv[0] (a path) in a process group of its own, so that a signal from the terminal
 * reaches us alone; signals are as at login. in and out become its standard input and output
 * (-1: ours); every other descriptor must be close-on-exec. OSERR.
 */
int proc_start(char *const argv[], int in, int out, pid_t *, struct fault *);

/*
 * A child that ended: its id, with its exit code (128 + N after signal N) in *code; 0 if none has.
 */
pid_t proc_reap(int *code);

/*
 * From now on this process gets a SIGTERM when the one that started it is gone (prctl(2),
 * PR_SET_PDEATHSIG). False: it is gone already.
 */
bool proc_end_with_parent(void);

/* From now on this process leaves no core file, and nobody but root looks into its memory: it has a secret. */
void proc_keep_secret(void);

#endif
