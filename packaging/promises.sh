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

# side_by_side LIST... runs functions that call promise, each in a shell of its own at the same time, and adds up their promises.
# shellcheck disable=SC2030,SC2031 # each shell counts its own promises
side_by_side() {
	local list sums kept broken
	sums=$(mktemp -d)
	for list in "$@"; do
		(
			passed=0 failed=0
			"$list"
			printf '%d %d\n' "$passed" "$failed" >"$sums/$list"
		) &
	done
	wait
	for list in "$@"; do
		# A list that ended early leaves no sum.
		read -r kept broken 2>/dev/null <"$sums/$list" || { kept=0 broken=1 && printf 'FAIL  %s ended early\n' "$list"; }
		passed=$((passed + kept)) failed=$((failed + broken))
	done
	rm -rf "$sums"
}

# sum prints how long all took and the closing line. It fails unless all promises were kept.
sum() {
	printf '\n%s (%d s)\n%d passed, %d failed\n' "$1" "$SECONDS" "$passed" "$failed"
	((failed == 0))
}
