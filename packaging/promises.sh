#!/usr/bin/env bash
# Sourced by the tests of the packages: prints one line for each promise, and a sum at the end.
passed=0
failed=0

# promise WHAT COMMAND... runs the command, which may be a function and ends at its first error. It shows the output when the
# command fails or VERBOSE is set.
promise() {
	local what=$1 status output start=$SECONDS
	shift
	# Not in a condition, in which bash would ignore errors.
	set +e
	output=$(set -e; "$@" 2>&1)
	status=$?
	set -e
	if ((status == 0)); then
		passed=$((passed + 1))
		printf 'ok    %s (%d s)\n' "$what" "$((SECONDS - start))"
	else
		failed=$((failed + 1))
		printf 'FAIL  %s (%d s, status %d)\n' "$what" "$((SECONDS - start))" "$status"
	fi
	if ((status != 0)) || [[ -n ${VERBOSE:-} ]]; then
		printf '      | %s\n' "${output//$'\n'/$'\n      | '}"
	fi
}

# sum prints how long all took and the closing line. It fails unless all promises were kept.
sum() {
	printf '\n%s (%d s)\n%d passed, %d failed\n' "$1" "$SECONDS" "$passed" "$failed"
	((failed == 0))
}
