#!/bin/bash
# A task under chaos: it writes down by itself when it began and how it ended.
# Arguments: its journal, how long it works (seconds), its exit code, its manner.
journal=$1 seconds=$2 code=$3 manner=$4

note() { printf '%s %s %s\n' "$1" "$2" "${EPOCHREALTIME/,/.}" >>"$journal"; }

note started $$
case $manner in
  # Ends in its own way when it is asked to.
  polite) trap 'note ended 99; exit 99' TERM ;;
  # Has to be forced.
  stubborn) trap '' TERM ;;
  # Leaves somebody behind who is in no group of its own.
  forking) setsid sleep 1000 & ;;
esac
sleep "$seconds" &
wait $!
note ended "$code"
exit "$code"
