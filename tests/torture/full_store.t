#!/bin/bash
# full_store: the disk is full at each call in turn that writes; see kill_store.t.
exec "${0%/*}/kill_store.t" --full "$@"
