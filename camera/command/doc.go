// Package command runs the program of a camera and reads its standard output.
//
// The command line goes to /bin/sh, so that quoting, variables and pipes mean what they
// mean in a terminal. The command must stay in the foreground. It runs in a process group
// of its own. Close ends the whole group with SIGTERM, and two seconds later with
// SIGKILL. The group is also ended when the program ends by itself and leaves children.
// If this process dies first, the kernel kills the shell, or the program that it
// executed; other processes of the command end when they write to the closed pipe.
//
// Standard input is empty. Standard error goes to the log, line by line and at a bounded
// rate. Its last lines are part of the error when the program ends.
package command
