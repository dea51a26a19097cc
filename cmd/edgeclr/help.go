package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/pflag"
)

const helpHead = `edgeclr learns from an unlabelled camera and answers "what looks like this?"

`

const helpTail = `
` + "`edgeclr COMMAND --help`" + ` lists the flags of a command. Every command has --config, --data,
--json, --quiet and --log-level.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 partly done, 4 store in use, 5 nothing found,
78 bad configuration.
`

// help lists the commands.
func (a *app) help(w io.Writer) {
	fmt.Fprint(w, helpHead)
	for _, e := range commands() {
		fmt.Fprintf(w, "  %-38s %s\n", e.usage(), e.short)
	}
	fmt.Fprint(w, helpTail)
}

// commandHelp lists the flags of a command.
func (a *app) commandHelp(e entry, fs *pflag.FlagSet) {
	fmt.Fprintf(a.stdout, "edgeclr %s\n\n%s%s.\n\nFlags:\n%s", e.usage(), strings.ToUpper(e.short[:1]), e.short[1:], fs.FlagUsages())
}

// usage is the command with its arguments.
func (e entry) usage() string { return strings.TrimSpace(e.name + " " + e.args) }
