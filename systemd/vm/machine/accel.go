package machine

import (
	"os"
	"strings"
)

// Names of what runs the guest's instructions.
const (
	KVM = "kvm" // the processor itself
	TCG = "tcg" // software, some ten times slower
)

// Accelerator gives what works here: KVM where /dev/kvm may be opened and the
// processor has the instructions for it, else TCG. The second condition leaves out
// hosts that are virtual machines themselves and whose /dev/kvm runs only guests
// that were made for them.
func Accelerator() string {
	device, err := os.OpenFile("/dev/kvm", os.O_RDWR, 0)
	if err != nil {
		return TCG
	}
	_ = device.Close() // nothing was done with it
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return TCG
	}
	for line := range strings.Lines(string(info)) {
		name, flags, _ := strings.Cut(line, ":")
		if strings.TrimSpace(name) != "flags" {
			continue
		}
		for flag := range strings.FieldsSeq(flags) {
			if flag == "vmx" || flag == "svm" {
				return KVM
			}
		}
		return TCG // the others are alike
	}
	return TCG
}
