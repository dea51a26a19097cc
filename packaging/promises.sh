#!/usr/bin/env bash
# Sourced by the tests of the packages: one line a promise, and a sum at the end.
passed=0
failed=0

# promise WHAT COMMAND... runs the command, which may be a function: it ends at the first error. Its output is shown when it
# fails, or when VERBOSE is set.
promise() {
	local what=$1 status output start=$SECONDS
	shift
	# Not in a condition: bash would go on after errors in it.
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

# sum prints the closing line and tells whether all promises were kept.
sum() {
	printf '\n%s\n%d passed, %d failed\n' "$1" "$passed" "$failed"
	((failed == 0))
}
