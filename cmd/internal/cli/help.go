package cli

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
func (a *App) help(w io.Writer) {
	fmt.Fprint(w, helpHead)
	for _, e := range a.Commands {
		fmt.Fprintf(w, "  %-38s %s\n", e.Usage(), e.Short)
	}
	fmt.Fprint(w, helpTail)
}

// commandHelp lists the flags of a command.
func (a *App) commandHelp(e Entry, fs *pflag.FlagSet) {
	fmt.Fprintf(a.Stdout, "edgeclr %s\n\n%s%s.\n\nFlags:\n%s", e.Usage(), strings.ToUpper(e.Short[:1]), e.Short[1:], fs.FlagUsages())
}
